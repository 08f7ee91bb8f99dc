import { expect } from '@open-wc/testing';
import { emulateMedia, setViewport } from './driver.js';
import type { NodeState, Reason, Status } from '../../src/engine/index.js';
import { EdgeNetError } from '../../src/engine/index.js';
import { STATUSES } from '../../src/elements/node/node-state.js';
import { ERROR_CODES } from '../../src/engine/core/code.js';
import { describeState } from '../../src/elements/shared/words.js';
import { STATUS } from '../../src/elements/messages/en/status.js';
import { Wording } from '../../src/elements/shared/wording.js';
import { accessible } from './doubles/axe.js';
import { answers, refusal } from './doubles/engine.js';
import { EdgeNet } from '../../src/elements/edge-net.js';
import type { EdgeNetNode } from '../../src/elements/edge-net.js';
import { addNode, addWidget, contributing, once, reset, until } from './doubles/page.js';
import { button, drawn, text, words } from './doubles/reading.js';

const REASONS = [
  'user-active', 'page-busy', 'hidden', 'unfocused', 'battery', 'metered', 'pressure', 'bandwidth', 'memory', 'snoozed', 'paused-by-visitor', 'paused-by-site',
  'no-peers', 'no-work', 'no-credits', 'probation', 'gpc', 'embedded', 'mobile',
] as const satisfies readonly Reason[];

/** In which a reason is met. */
const STATUS_OF: { readonly [Name in Reason]?: Status } = { 'user-active': 'working', 'page-busy': 'working', 'no-peers': 'idle', 'no-work': 'idle', 'no-credits': 'idle', probation: 'idle', gpc: 'awaiting-consent' };
const KEY = /\b(?:status|widget|unit|leaderboard)\.\w|undefined|\{\w+\}/u;

/** Whatever a screen reader would say while `act` goes on. */
async function heard(root: ShadowRoot, act: () => Promise<void>): Promise<string[]> {
  const said: string[] = [];
  const live = root.querySelector('[role=status]')!;
  const observer = new MutationObserver(() => said.push(words(live)));
  observer.observe(live, { childList: true, characterData: true, subtree: true });
  await act();
  observer.disconnect();
  return said;
}

async function shown(widget: Element, node: EdgeNetNode, status: Status): Promise<ShadowRoot> {
  await until(() => node.state.status === status);
  const root = await drawn(widget);
  await until(() => widget.matches(`:state(${status})`));
  return root;
}

describe('words for what a node does', () => {
  for (const lang of ['en', 'de', 'ar']) {
    it(`are there for every status, reason and error, in ${lang}`, async () => {
      const host = document.createElement('div');
      host.lang = lang;
      const wording = new Wording(host, STATUS, () => {});
      const t = await wording.ready();
      wording.rest();
      expect(t.lang).to.equal(lang);
      const { engine, node } = await contributing();
      const idle = engine.state;
      const states: NodeState[] = [
        ...STATUSES.map((status) => ({ ...idle, status })),
        ...REASONS.map((reason) => ({ ...idle, status: STATUS_OF[reason] ?? 'paused', reasons: [reason] })),
        ...ERROR_CODES.map((code): NodeState => ({ ...idle, status: 'error', error: { code, message: 'technical' } })),
      ];
      const told = new Map(states.map((state) => [`${state.status} ${state.reasons.join()} ${state.error?.code ?? ''}`, describeState(t, state)]));
      for (const [state, { title, hint }] of told) {
        for (const part of [title, hint]) expect(part, state).not.to.match(KEY).and.not.to.match(/^\s*$/u);
        expect(/[.!]$/u.test(hint), `${state}: a sentence`).to.equal(true);
      }
      expect(new Set([...told].slice(0, STATUSES.length).map(([, { title }]) => title)).size, 'one title a status').to.equal(STATUSES.length);
      expect(new Set([...told].slice(STATUSES.length, STATUSES.length + REASONS.length).map(([, { hint }]) => hint)).size, 'one hint a reason').to.equal(REASONS.length);
      node.remove();
      reset();
    });
  }

  it('name the gravest of several reasons, and none that does not matter', async () => {
    const { engine } = await contributing();
    const host = document.createElement('div');
    const wording = new Wording(host, STATUS, () => {});
    const t = await wording.ready();
    wording.rest();
    const told = (change: Partial<NodeState>) => describeState(t, { ...engine.state, ...change });
    expect(told({ status: 'paused', reasons: ['battery', 'user-active', 'no-work'] })).to.include({ title: 'Paused: on battery', hint: 'The battery is low. Plug in to go on.', tone: 'warn' });
    expect(told({ status: 'idle', reasons: ['user-active', 'no-work'] })).to.include({ title: 'Ready', hint: 'No one needs work now.', tone: 'good' });
    expect(told({ status: 'following', reasons: ['paused-by-visitor'] })).to.include({ title: 'Paused by you', tone: 'warn' });
    expect(told({ status: 'working', reasons: ['paused-by-visitor'] })).to.include({ title: 'Pausing…', announcement: '' });
    expect(told({ status: 'offline', reasons: ['snoozed', 'no-work'] }).title).to.equal('No connection');
    reset();
  });
});

describe('the widget, in every state', () => {
  beforeEach(reset);
  afterEach(() => {
    document.documentElement.lang = 'en';
    document.documentElement.style.colorScheme = '';
  });
  after(() => emulateMedia({ colorScheme: 'light', forcedColors: 'none', reducedMotion: 'no-preference' }));

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has words, what may be done and no barrier, ${colorScheme}`, async function () {
      this.timeout(90_000);
      await emulateMedia({ colorScheme });
      document.documentElement.style.colorScheme = 'light dark';
      const { engine } = await contributing();
      const widget = addWidget({ sections: 'credits stats chart leaderboard controls history' });
      const root = await drawn(widget);
      (await until(() => root.querySelector<HTMLElement>('.history summary'))).click();
      await until(() => root.querySelector('.history li'));
      const top = Array.from({ length: 6 }, (_, at) => ({ account: `account-number-${at}`, name: at === 1 ? 'ada' : '', credits: at }));
      const calm = { ...engine.state, top };
      const states: NodeState[] = [
        ...(['loading', 'connecting', 'idle', 'working', 'following', 'offline'] as const).map((status) => ({ ...calm, status })),
        { ...calm, status: 'error', error: { code: 'clock-skew', message: 'The clock is wrong.' } },
        ...(['user-active', 'battery', 'snoozed', 'no-peers', 'mobile'] as const).map((reason) => ({ ...calm, status: STATUS_OF[reason] ?? 'paused', reasons: [reason] })),
      ];
      for (const state of states) {
        engine.become(state);
        const named = `${state.status} ${state.reasons.join()}`;
        await until(() => widget.matches(`:state(${state.status})`));
        expect(words(root.querySelector('.card')!), named).not.to.match(KEY);
        const works = state.status !== 'error' && !state.reasons.includes('mobile');
        expect((button(root, 'Pause') ?? button(root, 'Resume')) !== undefined, named).to.equal(works);
        await accessible(widget, named);
      }
      engine.become({ ...calm, status: 'idle', reasons: [], error: null });
      (await until(() => button(root, 'Snooze'))).click();
      await accessible(widget, 'menu');
      button(root, 'Stop and forget me')!.click();
      await accessible(widget, 'question');
    });
  }

  it('without a node', async () => {
    const widget = addWidget();
    const root = await drawn(widget);
    expect([text(root, '.title'), text(root, '.hint')]).to.deep.equal(['No node on this page', 'The site has to add one first.']);
    await accessible(widget);
  });

  it('without a network', async () => {
    const node = addNode({ relays: '' });
    const root = await shown(addWidget(), node, 'unconfigured');
    expect(text(root, '.title')).to.equal('Not set up yet');
    expect(root.querySelector('button')).to.equal(null);
  });

  it('where the browser asks for privacy', async () => {
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true });
    try {
      const root = await shown(addWidget(), addNode(), 'awaiting-consent');
      expect(text(root, '.hint')).to.equal('Your browser asks sites not to share or sell your data, so you were not asked.');
      expect(button(root, 'Contribute…')).not.to.equal(undefined);
    } finally {
      delete (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
    }
  });

  it('where the visitor said no, and where the site did', async () => {
    const node = addNode();
    const widget = addWidget();
    await until(() => node.state.status === 'awaiting-consent');
    node.revokeConsent();
    const root = await shown(widget, node, 'declined');
    expect(button(root, 'Contribute…')).not.to.equal(undefined);
    node.consent = 'denied';
    await until(() => !button(root, 'Contribute…'));
    expect(text(root, '.title')).to.equal('Switched off');
  });

  it('where it cannot start: the message for those who run the site is one click away', async () => {
    refusal.error = new EdgeNetError('csp-worker', 'Add worker-src to the policy.');
    const node = addNode({ consent: 'granted' });
    const widget = addWidget();
    const root = await shown(widget, node, 'error');
    expect([text(root, '.title'), text(root, '.details p')]).to.deep.equal(['Not set up correctly', 'Add worker-src to the policy. (csp-worker)']);
    expect(root.querySelector('.details')!.hasAttribute('open')).to.equal(false);
    expect(root.querySelector('.limit, dl')).to.equal(null);
    root.querySelector<HTMLElement>('.details summary')!.click();
    await accessible(widget);
  });

  it('once it has been disconnected', async () => {
    const { node } = await contributing();
    const widget = addWidget();
    await node.disconnect();
    const root = await shown(widget, node, 'closed');
    expect(text(root, '.hint')).to.equal('Reload the page to take part again.');
  });

  it('shows how far a task of the visitor has come', async () => {
    const { engine } = await contributing();
    const root = await drawn(addWidget());
    engine.become({ status: 'working', progress: { phase: 'results', loaded: 1, total: 2 } });
    await until(() => text(root, '.hint') === 'Your task: 50% done');
    engine.become({ progress: { phase: 'accepted', loaded: 0, total: 0 } });
    await until(() => text(root, '.hint') === 'Your task: looking for workers');
  });

  it('announces changes of its status, and neither figures nor tasks that come and go', async () => {
    const { node, engine } = await contributing();
    const root = await drawn(addWidget());
    await until(() => text(root, '[role=status]') === 'Sharing computing power');
    const quiet = await heard(root, async () => {
      for (const change of [{ status: 'working' }, { status: 'idle' }, { status: 'working', reasons: ['user-active'] }, { status: 'idle', reasons: [] }] as const) engine.become(change);
      engine.become({ stats: { ...engine.state.stats, credits: 77, cpu: 0.9 } });
      await until(() => text(root, '.credits').startsWith('77'));
    });
    expect(quiet).to.deep.equal([]);
    const said = await heard(root, async () => {
      node.pause('visitor');
      await until(() => text(root, '.title') === 'Paused by you');
    });
    expect(said).to.deep.equal(['Paused by you']);
  });

  it('keeps its size while figures and moods change', async () => {
    const { engine } = await contributing();
    const widget = addWidget();
    const root = await drawn(widget);
    await until(() => root.querySelector('.history'));
    const places = () => [...root.querySelectorAll('.credits, dl, .chart, .row, .limit, .history')].map((part) => part.getBoundingClientRect().top - widget.getBoundingClientRect().top);
    const before = places();
    const height = widget.getBoundingClientRect().height;
    const { stats } = engine.state;
    for (const change of [
      { stats: { ...stats, credits: 123_456.789, pending: 98_765.432, rank: 0, cpu: 1.5, multiplier: 1 } },
      { status: 'working', reasons: ['user-active', 'no-work'], throttle: { level: 0.2, because: 'user-active' } },
      { status: 'working', reasons: ['page-busy'], throttle: { level: 0.1, because: 'page-struggling' } },
      { status: 'idle', reasons: ['no-peers', 'no-work'] },
      { status: 'connecting', reasons: [] },
    ] as Partial<NodeState>[]) {
      engine.become(change);
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      expect([places(), widget.getBoundingClientRect().height], JSON.stringify(change)).to.deep.equal([before, height]);
    }
  });

  it('speaks German and Arabic where its page does, and in the page\'s own words', async () => {
    document.documentElement.lang = 'de';
    answers.history = [];
    const { engine } = await contributing();
    const widget = addWidget({ sections: 'credits stats chart leaderboard controls history' });
    const root = await drawn(widget);
    await until(() => button(root, 'Beenden und mich vergessen'));
    expect(text(root, '.credits')).to.equal('12,5 Credits + 0,25 offen');
    expect(words(root.querySelector('.card')!)).not.to.match(KEY);
    await accessible(widget, 'de');
    widget.lang = 'ar';
    await until(() => button(root, 'إيقاف مؤقت'));
    const card = root.querySelector<HTMLElement>('.card')!;
    expect([card.lang, getComputedStyle(card).direction]).to.deep.equal(['ar', 'rtl']);
    const [dot, title] = ['.dot', '.title'].map((part) => root.querySelector(part)!.getBoundingClientRect());
    expect(dot!.left, 'the dot stands at the start').to.be.greaterThan(title!.left);
    engine.become({ status: 'working', reasons: ['user-active'] });
    await until(() => text(root, '.title') === 'يعمل بهدوء');
    expect(words(card)).not.to.match(KEY);
    await accessible(widget, 'ar');
    widget.removeAttribute('lang');
    widget.messages = { 'status.pause': 'Halt!' };
    await until(() => button(root, 'Halt!'));
    EdgeNet.setMessages({ 'widget.snooze': 'Nickerchen' }, 'de');
    await until(() => button(root, 'Nickerchen'));
    EdgeNet.setMessages({ 'widget.snooze': 'Auszeit' }, 'de');
  });

  it('follows the page\'s colours, its own theme and a site\'s properties', async () => {
    await contributing();
    const widget = addWidget();
    const root = await drawn(widget);
    const paper = () => getComputedStyle(root.querySelector('.card')!).backgroundColor;
    document.documentElement.style.colorScheme = 'light';
    expect(paper()).to.equal('rgb(255, 255, 255)');
    document.documentElement.style.colorScheme = 'dark';
    expect(paper()).to.equal('rgb(23, 25, 30)');
    widget.theme = 'light';
    expect(paper()).to.equal('rgb(255, 255, 255)');
    widget.style.setProperty('--edge-net-paper', 'rgb(1, 2, 3)');
    expect(paper()).to.equal('rgb(1, 2, 3)');
  });

  it('moves nothing where motion is not wanted', async () => {
    await emulateMedia({ reducedMotion: 'reduce' });
    const { engine } = await contributing();
    const root = await drawn(addWidget({ position: 'bottom-end' }));
    engine.become({ status: 'working' });
    await until(() => text(root, '.title, .pill span:last-child') === 'Working');
    expect(document.getAnimations()).to.deep.equal([]);
    await emulateMedia({ reducedMotion: 'no-preference' });
  });
});

describe('a pinned widget', () => {
  beforeEach(reset);
  afterEach(() => {
    for (const style of document.querySelectorAll('style[data-test]')) style.remove();
  });

  it('keeps its width and place whatever the page says of its tag, and lies below the prompt', async () => {
    document.head.append(Object.assign(document.createElement('style'), { textContent: 'edge-net-widget { width: 100%; max-width: none; position: static }' }));
    document.head.lastElementChild!.setAttribute('data-test', '');
    await contributing();
    const widget = addWidget({ position: 'bottom-end' });
    await drawn(widget);
    const box = widget.getBoundingClientRect();
    expect([Math.round(box.width), Math.round(innerWidth - box.right), Math.round(innerHeight - box.bottom)]).to.deep.equal([280, 16, 16]);
    expect(Number(getComputedStyle(widget).zIndex)).to.be.lessThan(2_147_483_646);
    widget.position = 'bottom-start';
    expect(Math.round(widget.getBoundingClientRect().left)).to.equal(16);
    widget.position = '';
    expect(getComputedStyle(widget).position).to.equal('static');
  });

  it('folds into a pill and opens again, by the keyboard, for all widgets of the page', async () => {
    const { node } = await contributing();
    const widget = addWidget({ position: 'bottom-end' });
    const root = await drawn(widget);
    const { sendKeys } = await import('./driver.js');
    (await until(() => button(root, 'Minimise'))).focus();
    await sendKeys({ press: 'Enter' });
    expect(root.activeElement!.getAttribute('aria-label')).to.equal('Ready. Show shared computing');
    expect(widget.matches(':state(folded)')).to.equal(true);
    await accessible(widget);
    widget.remove();
    const other = addWidget({ position: 'bottom-start' });
    const pill = await until(() => other.shadowRoot!.querySelector<HTMLElement>('#open'));
    node.pause('visitor');
    await until(() => pill.textContent!.includes('Paused by you'));
    pill.focus();
    await sendKeys({ press: 'Enter' });
    expect(other.shadowRoot!.activeElement!.getAttribute('aria-label')).to.equal('Minimise');
  });

  it('is not covered by the badge', async () => {
    const width = innerWidth;
    const height = innerHeight;
    try {
      for (const [wide, position] of [[1_000, 'bottom-start'], [1_000, 'bottom-end'], [320, 'bottom-end']] as const) {
        reset();
        await setViewport({ width: wide, height: 800 });
        const widget = addWidget({ position });
        const { node } = await contributing();
        await drawn(widget);
        const badge = await until(() => node.shadowRoot!.querySelector<HTMLElement>('.badge:popover-open'));
        const told = once(node, 'edge-net-state');
        node.pause('visitor');
        await told;
        await until(() => {
          const [a, b] = [badge.getBoundingClientRect(), widget.getBoundingClientRect()];
          return b.width > 0 && (a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top);
        });
      }
    } finally {
      await setViewport({ width, height });
    }
  });
});
