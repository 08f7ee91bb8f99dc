import { expect } from '@open-wc/testing';
import { emulateMedia, sendKeys } from './driver.js';
import { accessible } from './doubles/axe.js';
import { time } from './doubles/engine.js';
import { badgeShower } from '../../src/elements/consent/badge-shower.js';
import '../../src/elements/edge-net.js';
import { addNode, contributing, reset, until } from './doubles/page.js';
import { button, text } from './doubles/reading.js';

async function badged() {
  const { node, engine } = await contributing();
  const badge = await until(() => node.shadowRoot!.querySelector<HTMLElement>('.badge:popover-open'));
  return { node, engine, badge };
}

describe('the badge', () => {
  beforeEach(reset);
  afterEach(() => {
    document.documentElement.lang = 'en';
    document.documentElement.style.colorScheme = '';
  });
  after(() => emulateMedia({ colorScheme: 'light' }));

  it('says what goes on and lets the visitor pause and stop it, by the keyboard', async () => {
    const { node, badge } = await badged();
    const summary = badge.querySelector('summary')!;
    expect([badge.ariaLabel, summary.textContent]).to.deep.equal(['Sharing computing power', 'Sharing computing power']);
    summary.focus();
    await sendKeys({ press: 'Enter' });
    expect([text(badge, 'b'), text(badge, '.panel p:last-of-type')]).to.deep.equal(['Ready', 'This site started it. It uses up to 30% of this tab’s share of your processor.']);
    await sendKeys({ press: 'Tab' });
    await sendKeys({ press: 'Enter' });
    await until(() => text(badge, 'b') === 'Paused by you' && button(badge, 'Resume'));
    await sendKeys({ press: 'Enter' });
    expect(node.state.status).to.equal('idle');
    node.snooze(1_000);
    await until(() => button(badge, 'Resume'));
    time.pass(1_000);
    await until(() => button(badge, 'Pause'));
    await sendKeys({ press: 'Tab' });
    await sendKeys({ press: 'Enter' });
    expect(node.state.status).to.equal('declined');
    expect(badge.isConnected).to.equal(false);
  });

  it('announces changes of the status alone', async () => {
    const { engine, badge } = await badged();
    const live = badge.querySelector('[role=status]')!;
    const said: string[] = [];
    new MutationObserver(() => said.push(live.textContent!)).observe(live, { childList: true, characterData: true });
    engine.become({ status: 'working' });
    engine.become({ status: 'idle', stats: { ...engine.state.stats, credits: 20 } });
    engine.become({ status: 'paused', reasons: ['battery'] });
    await until(() => said.length > 0);
    expect(said).to.deep.equal(['Paused: on battery']);
  });

  it('speaks the page\'s language and the site\'s words', async () => {
    document.documentElement.lang = 'ar';
    const { node, badge } = await badged();
    await until(() => text(badge, 'summary') === 'مشاركة قدرة الحوسبة');
    expect([badge.lang, getComputedStyle(badge).direction]).to.deep.equal(['ar', 'rtl']);
    const box = badge.getBoundingClientRect();
    expect(Math.round(innerWidth - box.right), 'at the start of the line').to.equal(12);
    badge.querySelector('summary')!.click();
    await accessible(node);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no barrier, ${colorScheme}`, async () => {
      await emulateMedia({ colorScheme });
      document.documentElement.style.colorScheme = 'light dark';
      const { node, engine, badge } = await badged();
      badge.querySelector('summary')!.click();
      for (const status of ['idle', 'working', 'offline'] as const) {
        engine.become({ status });
        await accessible(node, status);
      }
    });
  }

  it('is one, though consent came, went and came again before its code was there', async () => {
    const node = addNode({ consent: 'granted' });
    for (const consent of ['granted', 'denied', 'granted']) {
      node.setAttribute('consent', consent);
      void node.requestConsent();
    }
    await until(() => node.shadowRoot!.querySelector('.badge'));
    // Every import of the code that was begun is over before one that begins now.
    await import('../../src/elements/consent/badge.js');
    await new Promise((resolve) => setTimeout(resolve));
    expect(node.shadowRoot!.querySelectorAll('.badge')).to.have.length(1);
    node.setAttribute('consent', 'denied');
    await until(() => !node.shadowRoot!.querySelector('.badge'));
  });

  it('is tried again where its code could not be loaded, and nothing is left unheeded', async () => {
    const node = addNode();
    const unheeded: unknown[] = [];
    const note = ({ reason }: PromiseRejectionEvent) => unheeded.push(reason);
    addEventListener('unhandledrejection', note);
    let loads = 0;
    let isThere = false;
    const changed = promises();
    const shower = badgeShower(node, node.shadowRoot!, changed.next, async () => {
      loads++;
      if (!isThere) throw new TypeError('Failed to fetch dynamically imported module');
      return import('../../src/elements/consent/badge.js');
    });
    expect(shower.toggle(false)).to.equal(true);
    expect(shower.toggle(true)).to.equal(false);
    await changed.heard();
    expect([shower.toggle(true), shower.failure!.code, loads]).to.deep.equal([false, 'unsupported', 1]);
    // Wanted no longer, it is not tried for.
    expect(shower.toggle(false)).to.equal(true);
    time.pass(60_000);
    expect(loads).to.equal(1);
    shower.toggle(true);
    await changed.heard();
    isThere = true;
    time.pass(60_000);
    await changed.heard();
    expect([shower.toggle(true), loads]).to.deep.equal([true, 3]);
    await until(() => node.shadowRoot!.querySelector('.badge:popover-open'));
    shower.toggle(false);
    expect(node.shadowRoot!.querySelector('.badge')).to.equal(null);
    removeEventListener('unhandledrejection', note);
    expect(unheeded).to.deep.equal([]);
  });

  it('missing, keeps the node from contributing on the site\'s word', async () => {
    // A page of its own, to which the badge's code cannot come.
    const source = (path: string) => new URL(`../../${path}`, import.meta.url).href;
    const frame = document.createElement('iframe');
    frame.srcdoc = `<!doctype html><script type="importmap">{"imports": {"${source('src/elements/consent/badge.ts')}": "data:text/javascript,throw new Error('not here')"}}</script>
      <body><script type="module">
        const unheeded = [];
        addEventListener('unhandledrejection', ({ reason }) => unheeded.push(String(reason)));
        const { engines } = await import("${source('test/browser/doubles/engine.ts')}");
        await import("${source('src/elements/edge-net.ts')}");
        const node = document.createElement('edge-net-node');
        node.setAttribute('relays', 'wss://relay.example/gun');
        node.setAttribute('embedded', 'on');
        node.setAttribute('consent', 'granted');
        node.addEventListener('edge-net-error', ({ detail }) => setTimeout(() => parent.postMessage({ code: detail.code, status: node.state.status, engines: engines.length, unheeded }, '*')));
        document.body.append(node);
      </script>`;
    const answer = new Promise<MessageEvent>((resolve) => addEventListener('message', resolve, { once: true }));
    document.body.append(frame);
    expect((await answer).data).to.deep.equal({ code: 'unsupported', status: 'error', engines: 0, unheeded: [] });
  });
});

/** Calls that a test waits for, one after the other. */
function promises(): { readonly next: () => void; readonly heard: () => Promise<void> } {
  let calls = 0;
  let seen = 0;
  return { next: () => void calls++, heard: async () => void (await until(() => calls > seen), seen++) };
}
