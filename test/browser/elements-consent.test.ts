import { expect } from '@open-wc/testing';
import { sendKeys, setViewport } from './driver.js';
import 'axe-core';
import { engines, hub, time } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import type { EdgeNetNode } from '../../src/elements/edge-net.js';
import { addNode, contributing, engineAt, once, prompt, reset, settled, until } from './doubles/page.js';

declare const axe: { run(context: Element, options?: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };

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

/** The prompt of a new node, its time come. */
async function asked(attributes: Record<string, string> = {}): Promise<{ node: EdgeNetNode; dialog: HTMLElement }> {
  const node = addNode(attributes);
  await until(() => node.state.status === 'awaiting-consent');
  time.pass(PROMPT_MS);
  return { node, dialog: await prompt(node) };
}

function field(): HTMLInputElement {
  const input = document.createElement('input');
  input.ariaLabel = 'of the page';
  document.body.prepend(input);
  return input;
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
    expect(dialog.ariaModal).to.equal('false');
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

  it('says what would run: every kind there is, or those alone that the site names', async () => {
    const items = ({ dialog }: { dialog: HTMLElement }) => [...dialog.querySelectorAll('li')].map((item) => item.textContent);
    const all = items(await asked());
    expect(all).to.have.length(8);
    expect(new Set(all).size).to.equal(8);
    expect(all.join()).not.to.match(/undefined|consent\.|_/u);
    reset();
    expect(items(await asked({ tasks: 'vectors, encryption nonsense' }))).to.deep.equal([all[1], all[2], all[5]]);
  });

  it('says who gets the credits, and on how much of the machine what runs', async () => {
    const text = ({ dialog }: { dialog: HTMLElement }) => [...dialog.querySelectorAll('#text p')].map((line) => line.textContent);
    const [runs, costs, earns] = text(await asked({ 'cpu-limit': '0.4', 'max-workers': '2' }));
    expect(runs).to.contain('40% of 2 processor cores');
    expect(costs).to.contain('electricity').and.to.contain('IP address');
    expect(earns).to.contain('are yours').and.to.contain('stop at any time');
    reset();
    expect(text(await asked({ 'site-id': 'shop', 'site-share': '0.25' }))[2]).to.contain('This site gets 25%');
    reset();
    expect(text(await asked({ 'site-id': 'shop', 'site-share': '1', 'max-workers': '1' }))).to.satisfy(([one, , three]: string[]) => one!.includes('of one processor core') && three!.includes('go to this site'));
  });

  it('is a dialog in a landmark, named and described, and announced once', async () => {
    const { dialog } = await asked();
    const root = dialog.getRootNode() as ShadowRoot;
    const of = (attribute: string) => root.getElementById(dialog.getAttribute(attribute)!)!;
    expect(of('aria-labelledby').textContent).to.equal('Share some computing power?');
    expect(of('aria-describedby').textContent).to.contain('IP address');
    expect(dialog.closest('section')!.ariaLabel).to.equal('Question about computing power');
    await until(() => root.querySelector('[role=status]')!.textContent!.includes('asks whether'));
    expect(root.querySelectorAll('[role=status], [aria-live], [role=alert]')).to.have.length(1);
  });

  it('takes the focus by F6 alone, and gives it back', async () => {
    const input = field();
    input.focus();
    const { node, dialog } = await asked();
    await sendKeys({ press: 'F6' });
    expect(node.shadowRoot!.activeElement).to.equal(dialog);
    await sendKeys({ press: 'Tab' });
    expect(node.shadowRoot!.activeElement!.ariaLabel).to.equal('Not now');
    await sendKeys({ press: 'Enter' });
    await until(() => !node.shadowRoot!.querySelector('[role=dialog]'));
    expect(document.activeElement).to.equal(input);
  });

  it('given by keyboard alone puts the focus back to where it came from', async () => {
    const input = field();
    const { node } = await asked();
    input.focus();
    const focused = () => node.shadowRoot!.activeElement?.textContent?.trim();
    for (let step = 0; step < 8 && focused() !== 'Allow'; step++) await sendKeys({ press: 'Tab' });
    await sendKeys({ press: 'Space' });
    await until(() => node.state.status === 'idle');
    expect(document.activeElement).to.equal(input);
  });

  it('leaves Escape to what else lies open on the page, and to an input method', async () => {
    const { node } = await asked();
    const modal = document.createElement('dialog');
    document.body.append(modal);
    modal.showModal();
    await sendKeys({ press: 'Escape' });
    await until(() => !modal.open);
    expect(node.shadowRoot!.querySelector('[role=dialog]')).not.to.equal(null);
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', isComposing: true }));
    expect(node.shadowRoot!.querySelector('[role=dialog]')).not.to.equal(null);
    await sendKeys({ press: 'Escape' });
    expect(node.shadowRoot!.querySelector('[role=dialog]')).to.equal(null);
  });

  it('asked for inline stands in its place, where Escape elsewhere does not reach it', async () => {
    const { node, dialog } = await asked({ prompt: 'inline' });
    expect(getComputedStyle(dialog.closest('section')!).position).to.equal('static');
    field().focus();
    await sendKeys({ press: 'Escape' });
    expect(dialog.isConnected).to.equal(true);
    button(dialog, 'Allow').focus();
    await sendKeys({ press: 'Escape' });
    expect(node.shadowRoot!.querySelector('[role=dialog]')).to.equal(null);
  });

  for (const [width, height] of [[320, 568], [640, 360], [320, 480], [1280, 720]] as const) {
    it(`covers at most 60 % of the height of ${width} x ${height}, its answers in sight, and moves nothing`, async () => {
      await setViewport({ width, height });
      try {
        const before = field().getBoundingClientRect();
        const { dialog } = await asked();
        dialog.querySelector('details')!.open = true;
        const box = dialog.getBoundingClientRect();
        expect(box.height).to.be.at.most(innerHeight * 0.6 + 1);
        expect(box.width).to.be.at.most(360);
        expect(box.left).to.be.at.least(0);
        expect(box.right).to.be.at.most(innerWidth);
        for (const words of ['No thanks', 'Allow']) {
          const { top, bottom, height: tall } = button(dialog, words).getBoundingClientRect();
          expect(top).to.be.at.least(box.top);
          expect(bottom).to.be.at.most(innerHeight);
          expect(tall).to.be.at.least(36);
        }
        expect(dialog.querySelector('.body')!.scrollWidth).to.equal(dialog.querySelector('.body')!.clientWidth);
        expect(document.querySelector('input')!.getBoundingClientRect()).to.deep.equal(before);
      } finally {
        await setViewport({ width: 800, height: 600 });
      }
    });
  }

  for (const [lang, allow, dir] of [['de', 'Erlauben', 'ltr'], ['ar', 'السماح', 'rtl'], ['fr', 'Allow', 'ltr']] as const) {
    it(`is asked for in the page's language: ${lang}`, async () => {
      document.documentElement.lang = lang;
      try {
        const { dialog } = await asked();
        expect(button(dialog, allow).checkVisibility()).to.equal(true);
        expect(getComputedStyle(dialog).direction).to.equal(dir);
        const { left, right } = dialog.getBoundingClientRect();
        expect(dir === 'rtl' ? left : innerWidth - right).to.be.below(dir === 'rtl' ? innerWidth - right : left);
        expect(dialog.textContent).not.to.match(/consent\.|[{}]/u);
      } finally {
        document.documentElement.lang = '';
      }
    });
  }

  it('takes words of the site, by their keys', async () => {
    const node = addNode();
    node.messages = { 'consent.allow': 'Go ahead', 'consent.costs': '<b id="hurt">Costs</b>' };
    await until(() => node.state.status === 'awaiting-consent');
    time.pass(PROMPT_MS);
    const dialog = await prompt(node);
    expect(button(dialog, 'Go ahead').checkVisibility()).to.equal(true);
    expect(dialog.querySelector('#hurt')).to.equal(null);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing for axe to find in ${colorScheme}`, async () => {
      document.documentElement.style.colorScheme = colorScheme;
      try {
        const { node, dialog } = await asked();
        dialog.querySelector('details')!.open = true;
        // Half risen, its contrast is less.
        await Promise.all(dialog.closest('section')!.getAnimations().map(({ finished }) => finished));
        const { violations } = await axe.run(node, { rules: { region: { enabled: false } } });
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary).join(' ')}`)).to.deep.equal([]);
      } finally {
        document.documentElement.style.colorScheme = '';
      }
    });
  }
});
