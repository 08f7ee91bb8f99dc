import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { engines, hub, time } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import { addNode, contributing, engineAt, once, prompt, reset, settled, until } from './doubles/page.js';

const PROMPT_MS = 3_000;
const DAY_MS = 86_400_000;

/** Replaces a method for one test and counts its calls. */
function spy(owner: object, name: string): { calls: number; restore(): void } {
  const methods = owner as Record<string, unknown>;
  const original = methods[name] as (...args: unknown[]) => unknown;
  const seen = { calls: 0, restore: () => void (methods[name] = original) };
  methods[name] = function (this: unknown, ...args: unknown[]) {
    seen.calls++;
    return new.target ? Reflect.construct(original, args) : original.apply(this, args);
  };
  return seen;
}

function button(dialog: HTMLElement, words: string): HTMLButtonElement {
  return [...dialog.querySelectorAll('button')].find((candidate) => candidate.textContent?.includes(words) || candidate.ariaLabel === words)!;
}

describe('consent', () => {
  beforeEach(reset);

  it('comes before any worker, socket, request, storage key or frame', async () => {
    const spies = {
      worker: spy(globalThis, 'Worker'),
      sharedWorker: spy(globalThis, 'SharedWorker'),
      socket: spy(globalThis, 'WebSocket'),
      fetch: spy(globalThis, 'fetch'),
      request: spy(XMLHttpRequest.prototype, 'open'),
      beacon: spy(navigator, 'sendBeacon'),
      storage: spy(Storage.prototype, 'setItem'),
      database: spy(indexedDB, 'open'),
      locks: spy(navigator.locks, 'request'),
      channel: spy(globalThis, 'BroadcastChannel'),
    };
    const cookie = document.cookie;
    const node = addNode();
    await until(() => node.state.status === 'awaiting-consent');
    time.pass(PROMPT_MS);
    await prompt(node);
    await settled();
    for (const [name, { calls, restore }] of Object.entries(spies)) {
      restore();
      expect(calls, name).to.equal(0);
    }
    expect(engines).to.have.length(0);
    expect(document.cookie).to.equal(cookie);
    expect(localStorage).to.have.length(0);
    expect(document.querySelector('iframe')).to.equal(null);
  });

  it('is asked for 3 s after load, without taking the focus', async () => {
    const field = document.createElement('input');
    document.body.append(field);
    field.focus();
    const node = addNode();
    await until(() => node.state.status === 'awaiting-consent');
    time.pass(PROMPT_MS - 1);
    await settled();
    expect(node.shadowRoot!.querySelector('[role=dialog]')).to.equal(null);
    time.pass(1);
    const dialog = await prompt(node);
    expect(document.activeElement).to.equal(field);
    expect(dialog.ariaModal).to.equal(null);
    expect(dialog.getBoundingClientRect().width).to.be.at.most(360);
  });

  it('starts the node when allowed, and is remembered only then', async () => {
    const node = addNode({ 'consent-days': '10' });
    const told = once(node, 'edge-net-consent');
    time.pass(0);
    await until(() => node.state.status === 'awaiting-consent');
    time.pass(PROMPT_MS);
    button(await prompt(node), 'Allow').click();
    expect((await told).detail).to.deep.equal({ consent: 'granted', source: 'visitor' });
    const engine = await engineAt(0);
    expect(engine.config.contribute).to.equal(true);
    await until(() => node.state.status === 'idle');
    expect(node.shadowRoot!.querySelector('[role=dialog]')).to.equal(null);
    const kept = JSON.parse(localStorage.getItem('edge-net.visitor')!);
    expect(kept.answer).to.equal('granted');
    expect(kept.answerUntil - time.now()).to.equal(10 * DAY_MS);
  });

  it('runs out after consent-days', async () => {
    hub.visitor.decide('granted', 10);
    time.pass(10 * DAY_MS - 1);
    expect(hub.visitor.answer).to.equal('granted');
    time.pass(1);
    expect(hub.visitor.answer).to.equal(undefined);
  });

  it('is a no when declined: nothing starts, and the answer is remembered', async () => {
    const node = addNode();
    await until(() => node.state.status === 'awaiting-consent');
    time.pass(PROMPT_MS);
    button(await prompt(node), 'No thanks').click();
    await until(() => node.state.status === 'declined');
    expect(JSON.parse(localStorage.getItem('edge-net.visitor')!).answer).to.equal('denied');
    expect(engines).to.have.length(0);
  });

  it('leaves nothing behind with storage="memory"', async () => {
    const node = addNode({ storage: 'memory' });
    await until(() => node.state.status === 'awaiting-consent');
    time.pass(PROMPT_MS);
    button(await prompt(node), 'Allow').click();
    await until(() => node.state.status === 'idle');
    expect(localStorage).to.have.length(0);
  });

  for (const [how, dismiss] of [
    ['Escape', async () => void (await sendKeys({ press: 'Escape' }))],
    ['the close button', async (dialog: HTMLElement) => button(dialog, 'Not now').click()],
  ] as const) {
    it(`is put off with ${how}: no answer, not asked again by itself, but on request`, async () => {
      const node = addNode();
      await until(() => node.state.status === 'awaiting-consent');
      time.pass(PROMPT_MS);
      await dismiss(await prompt(node));
      await until(() => !node.shadowRoot!.querySelector('[role=dialog]'));
      expect(node.state.status).to.equal('awaiting-consent');
      expect(localStorage).to.have.length(0);
      node.setAttribute('cpu-limit', '0.2');
      await settled();
      time.pass(PROMPT_MS);
      await settled();
      expect(node.shadowRoot!.querySelector('[role=dialog]')).to.equal(null);
      const asked = node.requestConsent();
      button(await prompt(node), 'Allow').click();
      expect(await asked).to.equal(true);
    });
  }

  it('is reachable by keyboard, both answers alike', async () => {
    const node = addNode();
    await until(() => node.state.status === 'awaiting-consent');
    time.pass(PROMPT_MS);
    const dialog = await prompt(node);
    const seen: string[] = [];
    for (let step = 0; step < 6; step++) {
      await sendKeys({ press: 'Tab' });
      const focused = node.shadowRoot!.activeElement;
      if (focused) seen.push(focused.ariaLabel ?? focused.textContent!.trim());
    }
    expect(seen).to.include.members(['Not now', 'What would run?', 'No thanks', 'Allow']);
    const [no, yes] = [button(dialog, 'No thanks'), button(dialog, 'Allow')];
    expect(no.getBoundingClientRect().width).to.be.closeTo(yes.getBoundingClientRect().width, 0.5);
    for (const property of ['backgroundColor', 'color', 'fontWeight', 'fontSize', 'borderTopColor'] as const) {
      expect(getComputedStyle(no)[property], property).to.equal(getComputedStyle(yes)[property]);
    }
  });

  it('is not asked for under Global Privacy Control, save on request', async () => {
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true });
    try {
      const node = addNode();
      await until(() => node.state.reasons.includes('gpc'));
      time.pass(PROMPT_MS);
      await settled();
      expect(node.state.status).to.equal('awaiting-consent');
      expect(node.shadowRoot!.querySelector('[role=dialog]')).to.equal(null);
      const asked = node.requestConsent();
      button(await prompt(node), 'No thanks').click();
      expect(await asked).to.equal(false);
    } finally {
      delete (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
    }
  });

  it('can be asked for by the site itself', async () => {
    const node = addNode();
    const request = once(node, 'edge-net-consent-request');
    node.addEventListener('edge-net-consent-request', (event) => event.preventDefault());
    await until(() => node.state.status === 'awaiting-consent');
    time.pass(PROMPT_MS);
    (await request).detail.allow();
    await until(() => node.state.status === 'idle');
    expect(node.shadowRoot!.querySelector('[role=dialog]')).to.equal(null);
  });

  it('of the site starts at once, with a badge in sight that can stop it', async () => {
    const { node, engine } = await contributing();
    expect(localStorage).to.have.length(0);
    const badge = await until(() => node.shadowRoot!.querySelector<HTMLElement>('.badge'));
    expect(badge.checkVisibility()).to.equal(true);
    badge.querySelector('summary')!.click();
    button(badge, 'Stop').click();
    expect(engine.closed).to.equal(true);
    expect(node.state.status).to.equal('declined');
    expect(node.shadowRoot!.querySelector('.badge')).to.equal(null);
  });

  it('is live: a site that takes it back stops the node at once', async () => {
    const { node, engine } = await contributing();
    node.consent = 'denied';
    await until(() => node.state.status === 'declined');
    expect(engine.closed).to.equal(true);
    node.consent = 'granted';
    await engineAt(1);
    await until(() => node.state.status === 'idle');
  });

  it("of a visitor who said no outweighs the site's yes", async () => {
    hub.visitor.decide('denied', 30);
    const node = addNode({ consent: 'granted' });
    await until(() => node.state.status === 'declined');
    expect(engines).to.have.length(0);
  });

  it('is forgotten on request, with every database and key of ours', async () => {
    await new Promise((resolve) => (indexedDB.open('edge-net-test').onsuccess = (event) => ((event.target as IDBOpenDBRequest).result.close(), resolve(null))));
    localStorage.setItem('somebody-else', 'stays');
    hub.visitor.decide('granted', 30);
    const node = addNode();
    const engine = await engineAt(0);
    await until(() => node.state.status === 'idle');
    await node.forget();
    expect(engine.closed).to.equal(true);
    expect(Object.keys(localStorage)).to.deep.equal(['somebody-else']);
    expect((await indexedDB.databases()).map(({ name }) => name)).not.to.include('edge-net-test');
    expect(node.state.status).to.equal('declined');
    time.pass(PROMPT_MS);
    await settled();
    expect(node.shadowRoot!.querySelector('[role=dialog]')).to.equal(null);
  });

  it('is asked for once on a page with the same tag twice', async () => {
    const [one, two] = [addNode(), addNode()];
    await until(() => two.state.status === 'awaiting-consent');
    time.pass(PROMPT_MS);
    const dialog = await prompt(one);
    expect(two.shadowRoot!.querySelector('[role=dialog]')).to.equal(null);
    button(dialog, 'Allow').click();
    await until(() => two.state.status === 'idle' && one.state.status === 'idle');
    expect(engines).to.have.length(1);
  });

  it('takes words of the site, through slots', async () => {
    const node = addNode();
    node.innerHTML = '<span slot="consent-heading">Rechenzeit teilen?</span>';
    const asked = node.requestConsent();
    const dialog = await prompt(node);
    expect(dialog.querySelector<HTMLSlotElement>('slot[name=consent-heading]')!.assignedElements()[0]!.textContent).to.equal('Rechenzeit teilen?');
    button(dialog, 'No thanks').click();
    await asked;
  });
});
