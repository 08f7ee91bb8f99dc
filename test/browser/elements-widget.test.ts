import { Visitor } from '../../src/elements/consent/visitor.js';
import { expect } from '@open-wc/testing';
import { sendKeys } from './driver.js';
import type { HistoryEntry } from '../../src/engine/index.js';
import { answers, hub, time } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import { addNode, addWidget, contributing, prompt, reset, until } from './doubles/page.js';
import { button, drawn, text, words } from './doubles/reading.js';

const ENTRY: HistoryEntry = {
  taskId: 't', kind: 'embedding', role: 'worker', parties: ['somebody-far-away'], at: 0, busyMs: 1_500, credits: 0.5, outcome: 'paid',
  items: 1, bytes: 10, digest: '', certificate: null, latencyMs: 0,
};
const DEFAULT_HISTORY = answers.history;

function ran(taskId: string, change: Partial<HistoryEntry> = {}): HistoryEntry {
  return { ...ENTRY, taskId, at: Date.now(), ...change };
}

function rows(root: ParentNode): Record<string, string> {
  return Object.fromEntries([...root.querySelectorAll('dl div')].map((row) => [text(row, 'dt'), text(row, 'dd')]));
}

async function controlled() {
  const { node, engine } = await contributing();
  const widget = addWidget();
  const root = await drawn(widget);
  await until(() => button(root, 'Pause'));
  return { node, engine, widget, root };
}

describe('the widget', () => {
  beforeEach(() => {
    reset();
    answers.history = DEFAULT_HISTORY;
  });

  it('shows credits, what is pending, rank and bonus as they change', async () => {
    const { engine, root } = await controlled();
    expect(text(root, '.credits')).to.equal('12.5 credits + 0.25 pending');
    expect(rows(root)).to.deep.equal({ 'Tasks today': '0', 'Processor time today': '0 s', Rank: '2 of 9', 'Early bonus': '4.31 ×' });
    engine.become({ stats: { ...engine.state.stats, credits: 1, pending: 0, rank: 0 } });
    await until(() => text(root, '.credits') === '1 credit');
    expect(rows(root)['Rank']).to.equal('not yet');
  });

  it('counts what ran today for others, and what comes', async () => {
    answers.history = [ran('b'), ran('a', { outcome: 'failed' }), ran('own', { role: 'submitter' }), ran('old', { at: Date.now() - 2 * 86_400_000 })];
    const { engine, root } = await controlled();
    await until(() => rows(root)['Tasks today'] === '2');
    expect(rows(root)['Processor time today']).to.equal('3 s');
    engine.emit({ type: 'task', entry: ran('c', { outcome: 'running', busyMs: 0 }) });
    engine.emit({ type: 'task', entry: ran('c', { busyMs: 60_000 }) });
    await until(() => rows(root)['Tasks today'] === '3');
    expect(rows(root)['Processor time today']).to.equal('1 min');
  });

  it('draws its processor use, in words as well', async () => {
    const { engine, root } = await controlled();
    engine.become({ stats: { ...engine.state.stats, cpu: 0.125 } });
    const svg = root.querySelector('svg')!;
    await until(() => svg.getAttribute('aria-label') === 'Processor use, last 3 minutes: now 13% of a core, 30% at most.');
    expect(svg.querySelector('.line')!.getAttribute('d')).to.match(/^M[\d.]+ [\d.]+/u);
    expect(text(root, 'figcaption')).to.equal('Processor use 13% of a core');
  });

  it('lists the last five that ran here, and leads to the log where there is one', async () => {
    answers.history = [ran('own', { role: 'submitter', kind: 'vector_search', outcome: 'resolved' }), ...Array.from({ length: 6 }, (_, at) => ran(`t${at}`))];
    const { root } = await controlled();
    root.querySelector<HTMLElement>('.history summary')!.click();
    const lines = await until(() => root.querySelectorAll('.history li').length === 5 && [...root.querySelectorAll('.history li')]);
    expect(words(lines[0]!)).to.match(/^Vector search for you, by somebo…away \d?\d:\d\d · 1\.5 s · 0\.5 credits · done$/u);
    expect(words(lines[1]!)).to.contain('Texts into vectors for somebo…away');
    expect(button(root, 'Show all')).to.equal(undefined);
    const log = document.body.appendChild(document.createElement('edge-net-log'));
    addWidget();
    root.host.setAttribute('sections', 'history');
    (await until(() => button(root, 'Show all'))).click();
    expect(document.activeElement).to.equal(log);
  });

  it('says so where nothing has run', async () => {
    answers.history = [];
    const { engine, root } = await controlled();
    engine.become({ reasons: ['no-work'] });
    await until(() => text(root, '.hint') === 'Nothing has run yet. No one needs work now.');
    expect(text(root, '.history p')).to.equal('Nothing has run yet. No one needs work now.');
  });

  it('pauses and resumes by the keyboard, and the button keeps the focus', async () => {
    const { node, root } = await controlled();
    button(root, 'Pause')!.focus();
    await sendKeys({ press: 'Enter' });
    expect(node.state.reasons).to.deep.equal(['paused-by-visitor']);
    await until(() => text(root, '.title') === 'Paused by you');
    expect((root.activeElement as HTMLElement).textContent!.trim()).to.equal('Resume');
    await sendKeys({ press: 'Space' });
    expect(node.state.status).to.equal('idle');
  });

  it('snoozes by a menu of the usual keys', async () => {
    const { node, root } = await controlled();
    const snooze = button(root, 'Snooze')!;
    const items = () => [...root.querySelectorAll<HTMLElement>('[role=menuitem]')];
    expect([snooze.ariaHasPopup, snooze.ariaExpanded, items()[0]!.checkVisibility()]).to.deep.equal(['menu', 'false', false]);
    snooze.focus();
    await sendKeys({ press: 'ArrowUp' });
    expect([snooze.ariaExpanded, root.activeElement]).to.deep.equal(['true', items()[2]]);
    await sendKeys({ press: 'ArrowDown' });
    expect(root.activeElement).to.equal(items()[0]);
    await sendKeys({ press: 'End' });
    expect(root.activeElement).to.equal(items()[2]);
    await sendKeys({ press: 'Escape' });
    expect([snooze.ariaExpanded, root.activeElement]).to.deep.equal(['false', snooze]);
    await sendKeys({ press: 'Enter' });
    await sendKeys({ press: 'Tab' });
    await until(() => snooze.ariaExpanded === 'false' && root.activeElement !== snooze);
    expect(root.querySelector('ul')!.checkVisibility()).to.equal(false);
    snooze.focus();
    await sendKeys({ press: 'Enter' });
    await sendKeys({ press: 'Enter' });
    expect([node.state.reasons.join(), root.activeElement]).to.deep.equal(['snoozed', snooze]);
    await until(() => /^It goes on at \d?\d:\d\d, or now if you resume it\.$|^It goes on by itself/u.test(text(root, '.hint')));
    time.pass(3_600_000);
    expect(node.state.status).to.equal('idle');
  });

  it('snoozes until midnight, or until it is resumed', async () => {
    const { node, root } = await controlled();
    button(root, 'For today')!.click();
    expect(hub.visitor.pausedUntil - time.now()).to.be.within(1, 25 * 3_600_000);
    await until(() => text(root, '.hint') === 'It goes on by itself, or now if you resume it.');
    button(root, 'Until I resume')!.click();
    expect(node.state.reasons).to.deep.equal(['paused-by-visitor']);
  });

  it('limits the processor by the keyboard', async () => {
    const { node, engine, root } = await controlled();
    const slider = root.querySelector<HTMLInputElement>('input[type=range]')!;
    expect([slider.min, slider.max, slider.value, slider.labels![0]!.textContent]).to.deep.equal(['5', '50', '30', 'Processor limit']);
    slider.focus();
    await sendKeys({ press: 'ArrowLeft' });
    expect(hub.visitor.cpuLimit).to.equal(0.29);
    await sendKeys({ press: 'Home' });
    expect([hub.visitor.cpuLimit, slider.getAttribute('aria-valuetext')]).to.deep.equal([0.05, '5% of this tab’s share of the processor']);
    expect(text(root, 'output')).to.equal('5%');
    await until(() => engine.calls.some((call) => call.startsWith('configure {"cpuLimit":0.05')));
    expect(node.cpuLimit).to.equal(0.05);
    expect(new Visitor(time.now).cpuLimit, 'on later pages too').to.equal(0.05);
  });

  it('has nothing from a storage that somebody else wrote nonsense to', () => {
    for (const cpuLimit of [0, -1, 'much', null]) {
      localStorage.setItem('edge-net.visitor', JSON.stringify({ cpuLimit }));
      expect(new Visitor(time.now).cpuLimit).to.equal(undefined);
    }
  });

  it('says what holds it below its limit', async () => {
    const { engine, root } = await controlled();
    engine.become({ status: 'working', reasons: ['user-active'], throttle: { level: 0.2, because: 'user-active' } });
    await until(() => text(root, '.throttle') === 'Now at 20%, while you use this page.');
  });

  it('stops and forgets by the keyboard, after asking once more', async () => {
    const { node, engine, root } = await controlled();
    const stop = button(root, 'Stop and forget me')!;
    stop.focus();
    await sendKeys({ press: 'Enter' });
    const group = root.querySelector<HTMLElement>('[role=group]')!;
    expect(text(group, '#loss')).to.contain('12.75 credits');
    expect((root.activeElement as HTMLElement).textContent).to.equal('Keep');
    await sendKeys({ press: 'Escape' });
    expect((root.activeElement as HTMLElement).textContent).to.equal('Stop and forget me');
    expect(engine.closed).to.equal(false);
    await sendKeys({ press: 'Enter' });
    await sendKeys({ press: 'Tab' });
    await sendKeys({ press: 'Enter' });
    // The site vouches for the yes: only a no that is kept holds on its next page.
    await until(() => hub.visitor.answer === 'denied' && localStorage.length === 1);
    expect(engine.closed).to.equal(true);
    expect(node.state.status).to.equal('declined');
    await until(() => root.activeElement === root.querySelector('.card'));
    expect(text(root, '.title')).to.equal('Switched off');
  });

  it('explains and offers to contribute where nobody has answered yet', async () => {
    const node = addNode();
    const root = await drawn(addWidget());
    const offer = await until(() => button(root, 'Contribute…'));
    expect(text(root, '.invitation')).to.contain('you earn credits');
    expect(root.querySelector('.credits, dl, svg, .history, .limit')).to.equal(null);
    offer.click();
    await prompt(node);
  });

  it('shows the sections it is told to', async () => {
    await contributing();
    const root = await drawn(addWidget({ sections: 'stats' }));
    await until(() => root.querySelector('dl'));
    expect(root.querySelector('.credits, .row, .history, svg')).to.equal(null);
  });

  it('shows one node in two widgets', async () => {
    const { root } = await controlled();
    const other = await drawn(addWidget());
    (await until(() => button(other, 'Pause'))).click();
    await until(() => button(root, 'Resume') && button(other, 'Resume'));
    root.querySelector<HTMLInputElement>('input[type=range]')!.focus();
    await sendKeys({ press: 'Home' });
    await until(() => text(other, 'output') === '5%');
  });

  it('draws anew where it is put back', async () => {
    const { engine, widget, root } = await controlled();
    widget.remove();
    engine.become({ stats: { ...engine.state.stats, credits: 99 } });
    document.body.append(widget);
    await until(() => text(root, '.credits').startsWith('99 credits'));
  });
});
