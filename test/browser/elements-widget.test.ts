import { expect } from '@open-wc/testing';
import { emulateMedia, sendKeys } from '@web/test-runner-commands';
import 'axe-core';
import type { Status } from '../../src/engine/index.js';
import { STATUSES } from '../../src/elements/node/node-state.js';
import { engines, hub, time } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import type { EdgeNetNode } from '../../src/elements/edge-net.js';
import { addNode, addWidget, contributing, prompt, reset, until } from './doubles/page.js';

declare const axe: { run(context: Element, options?: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };

/** Rules about whole pages do not fit a test page. */
async function accessible(element: Element): Promise<void> {
  const { violations } = await axe.run(element, { rules: { region: { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html + (node.failureSummary ?? '')).join(' ')}`)).to.deep.equal([]);
}

async function drawn(widget: Element): Promise<ShadowRoot> {
  await until(() => widget.shadowRoot!.querySelector('.card'));
  return widget.shadowRoot!;
}

function button(root: ParentNode, words: string): HTMLButtonElement | undefined {
  return [...root.querySelectorAll('button')].find((candidate) => candidate.textContent!.trim() === words);
}

function text(root: ParentNode, selector: string): string {
  return root.querySelector(selector)!.textContent!.replaceAll(/\s+/gu, ' ').trim();
}

describe('the widget', () => {
  beforeEach(reset);

  it('shows credits, pending, tasks, uptime, multiplier, processor and rank as they change', async () => {
    const { engine } = await contributing();
    const root = await drawn(addWidget());
    await until(() => root.querySelector('.credits'));
    expect(text(root, '.credits')).to.equal('12.5 credits + 0.25 pending');
    expect([...root.querySelectorAll('dl div')].map((row) => row.textContent)).to.deep.equal(['Tasks done7', 'Time online1 h 2 min', 'Multiplier4.31 ×', 'Processor30 % of a core', 'Rank2 of 9']);
    engine.become({ stats: { ...engine.state.stats, credits: 13, pending: 0 } });
    await until(() => text(root, '.credits') === '13 credits');
  });

  it('has words for every status', async () => {
    const { engine } = await contributing();
    const root = await drawn(addWidget());
    const seen = new Set<string>();
    for (const status of STATUSES as readonly Status[]) {
      engine.become({ status });
      seen.add(await until(() => text(root, '[role=status]') !== '' && `${status}: ${text(root, '[role=status]')}`));
    }
    expect(seen.size).to.equal(STATUSES.length);
    expect([...seen].join()).not.to.contain('undefined');
  });

  it('pauses, resumes and snoozes', async () => {
    const { node } = await contributing();
    const root = await drawn(addWidget());
    (await until(() => button(root, 'Pause'))).click();
    expect(node.state.reasons).to.deep.equal(['paused-by-visitor']);
    (await until(() => button(root, 'Resume'))).click();
    expect(node.state.status).to.equal('idle');
    root.querySelector<HTMLElement>('.menu summary')!.click();
    button(root, '1 hour')!.click();
    expect(node.state.reasons).to.deep.equal(['snoozed']);
    expect(root.querySelector<HTMLDetailsElement>('.menu')!.open).to.equal(false);
    time.pass(3_600_000);
    expect(node.state.status).to.equal('idle');
  });

  it('closes its menu on Escape and gives the focus back', async () => {
    await contributing();
    const root = await drawn(addWidget());
    const summary = await until(() => root.querySelector<HTMLElement>('.menu summary'));
    summary.focus();
    await sendKeys({ press: 'Enter' });
    expect(root.querySelector<HTMLDetailsElement>('.menu')!.open).to.equal(true);
    await sendKeys({ press: 'Tab' });
    await sendKeys({ press: 'Escape' });
    expect(root.querySelector<HTMLDetailsElement>('.menu')!.open).to.equal(false);
    expect(root.activeElement).to.equal(summary);
  });

  it('stops and forgets, and keeps the no where the site vouched for the yes', async () => {
    const { node, engine } = await contributing();
    const root = await drawn(addWidget());
    (await until(() => button(root, 'Stop and forget me'))).click();
    await until(() => hub.visitor.answer === 'denied' && localStorage.length === 1);
    expect(engine.closed).to.equal(true);
    expect(node.state.status).to.equal('declined');
  });

  it('offers to contribute where nobody has answered yet', async () => {
    const node = addNode();
    const root = await drawn(addWidget());
    (await until(() => button(root, 'Contribute…'))).click();
    await prompt(node);
  });

  it('lists what ran here when it is opened', async () => {
    await contributing();
    const root = await drawn(addWidget());
    (await until(() => root.querySelector<HTMLElement>('.history summary'))).click();
    const line = await until(() => root.querySelector('.history li'));
    expect(line.textContent!.replaceAll(/\s+/gu, ' ')).to.contain('vector search for somebo…away').and.contain('12 ms, 0.5 credits, paid');
  });

  it('shows the sections it is told to', async () => {
    await contributing();
    const root = await drawn(addWidget({ sections: 'stats' }));
    await until(() => root.querySelector('dl'));
    expect(root.querySelector('.credits, .row, .history')).to.equal(null);
  });

  it('says so when there is no node', async () => {
    expect(text(await drawn(addWidget()), '[role=status]')).to.equal('No node on this page');
  });
});

describe('the leaderboard', () => {
  beforeEach(reset);

  const top = (members: number) => Array.from({ length: members }, (_, at) => ({ account: `account-number-${at}`, name: '', credits: 100 - at }));

  it('ranks the top accounts, marks this node, and keeps to its limit', async () => {
    const { engine } = await contributing();
    const board = document.createElement('edge-net-leaderboard');
    board.setAttribute('limit', '6');
    document.body.append(board);
    engine.become({ top: [...top(7).slice(0, 2), { account: engine.state.nodeId, name: '', credits: 98.5 }, ...top(7).slice(2)] });
    const rows = await until(() => board.shadowRoot!.querySelectorAll('li').length === 6 && [...board.shadowRoot!.querySelectorAll('li')]);
    expect(rows[0]!.textContent!.replaceAll(/\s+/gu, ' ').trim()).to.equal('accoun…er-0 100');
    expect(rows.findIndex((row) => row.ariaCurrent === 'true')).to.equal(2);
  });

  it('ranks nobody among fewer than five', async () => {
    const { engine } = await contributing();
    const board = document.createElement('edge-net-leaderboard');
    document.body.append(board);
    engine.become({ top: top(4) });
    expect((await drawn(board)).textContent).to.contain('Too few to rank');
  });
});

describe('accessibility', () => {
  beforeEach(reset);
  after(() => emulateMedia({ colorScheme: 'light', forcedColors: 'none' }));

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`of prompt, badge, widget and leaderboard, ${colorScheme}`, async () => {
      await emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      document.documentElement.style.colorScheme = 'light dark';
      const { node, engine } = await contributing({ consent: 'granted' });
      engine.become({ top: Array.from({ length: 6 }, (_, at) => ({ account: `account-number-${at}`, name: '', credits: at })) });
      const widget = addWidget({ sections: 'credits stats leaderboard controls history' });
      const root = await drawn(widget);
      (await until(() => root.querySelector<HTMLElement>('.history summary'))).click();
      await until(() => root.querySelector('.history li'));
      await accessible(widget);
      const badge = await until(() => node.shadowRoot!.querySelector<HTMLElement>('.badge'));
      badge.querySelector('summary')!.click();
      await accessible(node);
      node.remove();
      const asking: EdgeNetNode = addNode();
      void asking.requestConsent();
      const dialog = await prompt(asking);
      dialog.querySelector('summary')!.click();
      await accessible(asking);
      expect(engines).to.have.length(1);
    });
  }

  it('of the prompt in forced colours: borders are there', async () => {
    await emulateMedia({ forcedColors: 'active' });
    const node = addNode();
    void node.requestConsent();
    const dialog = await prompt(node);
    expect(getComputedStyle(dialog).borderTopStyle).to.equal('solid');
    await accessible(node);
  });
});
