import { expect } from '@open-wc/testing';
import { emulateMedia, sendKeys, setViewport } from './driver.js';
import 'axe-core';
import { EdgeNetError, type Report, type ReportOptions } from '../../src/engine/index.js';
import { isEmpty } from '../../src/elements/dashboard/report-feed.js';
import { Drawings } from '../../src/elements/dashboard/drawings.js';
import { roundSteps, thinned } from '../../src/elements/dashboard/format.js';
import { recogniser, watchImpact } from '../../src/elements/dashboard/page-impact.js';
import { answers, EngineDouble, engines, time } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import type { EdgeNetDashboard } from '../../src/elements/edge-net.js';
import { addNode, contributing, engineAt, reset, settled, until } from './doubles/page.js';

declare const axe: { run(context: Element, options?: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };

const SITE = 'S1teKeyS1teKeyS1teKeyS1teKeyS1teKeyS1teKeyA';
const DAY: Report = { ...answers.report, site: SITE };
const NOTHING: Report = {
  ...DAY,
  totals: { creditsIn: 0, creditsOut: 0, cpuHours: 0, tasksServed: 0, tasksBought: 0, tasksFailed: 0, tasksVerified: 0, visitorsAllowed: 0, latencyMs: null },
  series: DAY.series.map(({ at }) => ({ at, creditsIn: 0, creditsOut: 0, contributors: 0, tasksSettled: 0, tasksVerified: 0, cpuHours: 0, tasks: {} })),
};
const HOUR_MS = 3_600_000;

/** What the next reports answer; a test sets it, and hears what was asked. */
let answer: (options: ReportOptions) => Promise<Report>;
const asked: ReportOptions[] = [];
const { report: reportOfDouble } = EngineDouble.prototype;

function addDashboard(attributes: Record<string, string> = {}): EdgeNetDashboard {
  const dashboard = document.createElement('edge-net-dashboard');
  for (const [name, value] of Object.entries(attributes)) dashboard.setAttribute(name, value);
  document.body.append(dashboard);
  return dashboard;
}

/** With figures, drawings included. */
async function shown(attributes: Record<string, string> = {}): Promise<{ dashboard: EdgeNetDashboard; root: ShadowRoot }> {
  const dashboard = addDashboard(attributes);
  const root = dashboard.shadowRoot!;
  await until(() => root.querySelectorAll('.drawing svg').length === 4 && root.querySelector('[aria-busy=false]'));
  return { dashboard, root };
}

function text(root: ParentNode, selector: string): string {
  return root.querySelector(selector)?.textContent!.replaceAll(/\s+/gu, ' ').trim() ?? '';
}

const tile = (root: ParentNode, id: string) => [text(root, `[data-tile=${id}] dt`), text(root, `[data-tile=${id}] .value`), text(root, `[data-tile=${id}] .note`)];
const cellsOf = (row: Element) => [...row.children].map((cell) => cell.textContent);
const tableOf = (root: ParentNode, id: string) => root.querySelector(`[data-chart=${id}] table`)!;
const button = (root: ParentNode, words: string) => [...root.querySelectorAll('button')].find((candidate) => candidate.textContent === words);
const radio = (root: ParentNode) => root.querySelector<HTMLInputElement>('input:checked')!;

async function accessible(element: Element): Promise<void> {
  const { violations } = await axe.run(element, { rules: { region: { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html + (node.failureSummary ?? '')).join(' ')}`)).to.deep.equal([]);
}

function refuse(code: 'relay-unreachable' | 'bad-input' | 'kernel-failed' = 'relay-unreachable'): void {
  answer = () => Promise.reject(new EdgeNetError(code, 'What the engine said.'));
}

describe('the dashboard', () => {
  beforeEach(() => {
    reset();
    asked.length = 0;
    answer = async ({ range }) => ({ ...DAY, range });
    EngineDouble.prototype.report = function (options) {
      asked.push(options);
      return answer(options);
    };
  });

  after(() => {
    reset();
    EngineDouble.prototype.report = reportOfDouble;
  });

  afterEach(() => document.documentElement.removeAttribute('lang'));

  it('shows the report’s totals without consent', async () => {
    const node = addNode({ 'site-id': SITE });
    const { root } = await shown();
    expect(node.state.status).to.equal('awaiting-consent');
    expect(engines[0]!.config.contribute).to.equal(false);
    expect(asked).to.deep.equal([{ range: '24h', site: SITE }]);
    expect(tile(root, 'credits-in')).to.deep.equal(['Credits in', '3', '']);
    expect(tile(root, 'credits-out').slice(0, 2)).to.deep.equal(['Credits out', '1']);
    expect(tile(root, 'visitors').slice(0, 2)).to.deep.equal(['Visitors allowed', '4']);
    expect(tile(root, 'cpu-hours').slice(0, 2)).to.deep.equal(['CPU-hours given', '0.5']);
    expect(tile(root, 'served').slice(0, 2)).to.deep.equal(['Tasks served', '6']);
    expect(tile(root, 'bought').slice(0, 2)).to.deep.equal(['Tasks bought', '2']);
    expect(tile(root, 'failures')).to.deep.equal(['Failure rate', '14.3%', 'At most; 1 failed']);
    expect(tile(root, 'verification')).to.deep.equal(['Verification rate', '83.3%', '5 of 6 had two equal results']);
    expect(tile(root, 'latency')).to.deep.equal(['Latency, half within', '420 ms', '95 of 100 within 1.9 s']);
    expect(text(root, 'header')).to.contain(`Site: ${SITE}`);
  });

  it('knows the failure rate for certain where tasks are of one sort', async () => {
    answer = async ({ range }) => ({ ...DAY, range, totals: { ...DAY.totals, tasksServed: 0, tasksBought: 4, tasksFailed: 1 } });
    addNode({ 'site-id': SITE });
    const { root } = await shown();
    expect(tile(root, 'failures')).to.deep.equal(['Failure rate', '25%', '1 of 4 tasks']);
  });

  it('asks for the whole network, and for another site than the node’s', async () => {
    addNode({ 'site-id': SITE });
    const { dashboard, root } = await shown({ site: '*', range: '7d' });
    expect(text(root, 'header p')).to.equal('The whole network');
    dashboard.site = 'other.example';
    await until(() => text(root, 'header p') === 'Site: other.example' && asked.length === 2);
    expect(asked).to.deep.equal([{ range: '7d', site: '' }, { range: '7d', site: 'other.example' }]);
  });

  it('knows the balance of its own account, and of a top earner what it earned', async () => {
    addNode({ 'site-id': SITE });
    const { root } = await shown();
    engines[0]!.become({ top: [{ account: SITE, name: '', credits: 1234.5 }] });
    await until(() => tile(root, 'credits-in')[2] === 'Earned in all: 1,235');
    engines[0]!.become({ nodeId: SITE });
    await until(() => tile(root, 'credits-in')[2] === 'Balance: 12.5');
  });

  it('says why visitors asked are not counted, and counts them once it is told', async () => {
    addNode({ 'site-id': SITE });
    const { dashboard, root } = await shown();
    expect(tile(root, 'visitors')[2]).to.contain('Asked: not counted').and.contain('edge-net-consent-request');
    dashboard.consent = { asked: 16 };
    await until(() => tile(root, 'visitors')[2] === '4 of 16 asked (25%)');
    dashboard.consent = { asked: 16, allowed: 8 };
    await until(() => tile(root, 'visitors')[2] === '8 of 16 asked (50%)');
    dashboard.consent = { asked: 2 };
    await until(() => tile(root, 'visitors')[2] === '2 asked');
    dashboard.consent = { '7d': { asked: 100 } };
    await until(() => tile(root, 'visitors')[2]!.startsWith('Asked: not counted'));
    dashboard.consent = { asked: Number.NaN };
    await settled();
    expect(tile(root, 'visitors')[2]).to.contain('not counted');
  });

  it('takes counts that were given before it was drawn', async () => {
    addNode({ 'site-id': SITE });
    const dashboard = document.createElement('edge-net-dashboard');
    dashboard.consent = { '24h': { asked: 8 } };
    document.body.append(dashboard);
    await until(() => tile(dashboard.shadowRoot!, 'visitors')[2] === '4 of 8 asked (50%)');
  });

  it('has every figure of the report in tables', async () => {
    addNode({ 'site-id': SITE });
    const { root } = await shown();
    const columns: [string, (bucket: Report['series'][number]) => (number | string)[]][] = [
      ['credits', ({ creditsIn, creditsOut }) => [creditsIn, creditsOut]],
      ['contributors', ({ contributors }) => [contributors]],
      ['tasks', ({ tasks, tasksSettled }) => [tasks['embedding'] ?? 0, tasks['vector_search'] ?? 0, tasksSettled]],
      ['verification', ({ tasksVerified, tasksSettled }) => [tasksVerified, tasksSettled, tasksSettled ? `${(100 * tasksVerified) / tasksSettled}%` : '–']],
    ];
    for (const [id, of] of columns) {
      const rows = [...tableOf(root, id).querySelectorAll('tbody tr')].map((row) => cellsOf(row).slice(1));
      expect(rows, id).to.deep.equal(DAY.series.map((bucket) => of(bucket).map(String)));
      expect(tableOf(root, id).querySelector('caption')!.textContent).to.contain('24 hours');
      expect(root.querySelector(`[data-chart=${id}] [role=img]`)!.getAttribute('aria-label')).to.contain(root.querySelector(`[data-chart=${id}] figcaption`)!.textContent);
    }
    const sums = (id: string) => cellsOf(tableOf(root, id).querySelector('tfoot tr')!);
    expect(sums('credits')).to.deep.equal(['Total', '3', '1']);
    expect(sums('tasks')).to.deep.equal(['Total', '3', '3', '6']);
    expect(sums('verification')).to.deep.equal(['Total', '5', '6', '83.3%']);
    expect(tableOf(root, 'contributors').querySelector('tfoot')).to.equal(null);
  });

  it('draws a bar for each amount, stacked kinds on each other, and no line where no task was settled', async () => {
    addNode({ 'site-id': SITE });
    const { root } = await shown();
    const bars = (id: string) => [...root.querySelectorAll<SVGRectElement>(`[data-chart=${id}] svg rect`)];
    expect(bars('credits')).to.have.length(3);
    expect(bars('contributors')).to.have.length(2);
    expect(bars('tasks')).to.have.length(3);
    expect(root.querySelectorAll('[data-chart=verification] svg circle')).to.have.length(2);
    const [, low, high] = bars('tasks').map((bar) => bar.getBoundingClientRect());
    const stack = [low!, high!].sort((left, right) => left.top - right.top);
    expect(stack[0]!.bottom).to.be.closeTo(stack[1]!.top, 2);
    expect(bars('credits')[0]!.getBoundingClientRect().bottom).to.be.at.most(bars('credits')[1]!.getBoundingClientRect().top + 2);
    expect(root.querySelectorAll('svg style')).to.have.length(0);
  });

  it('folds kinds that have no colour of their own into one, and leaves them apart in the table', async () => {
    const tasks = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`kind_${String(at).padStart(2, '0')}`, 20 - at]));
    answer = async ({ range }) => ({ ...DAY, range, series: DAY.series.map((bucket, at) => (at === 3 ? { ...bucket, tasks, tasksSettled: 165 } : { ...bucket, tasks: {} })) });
    addNode({ 'site-id': SITE });
    const { root } = await shown();
    const legend = [...root.querySelectorAll('[data-chart=tasks] .legend li')].map((entry) => entry.textContent);
    expect(legend).to.have.length(8);
    expect(legend.at(-1)).to.equal('Other 46');
    expect(cellsOf(tableOf(root, 'tasks').querySelector('thead tr')!)).to.have.length(13);
    expect(root.querySelectorAll('[data-chart=tasks] svg rect')).to.have.length(8);
  });

  it('switches its range by keyboard, keeps the old figures meanwhile, and says when there are others', async () => {
    addNode({ 'site-id': SITE });
    const { dashboard, root } = await shown();
    expect(text(root, '[role=status]')).to.equal('');
    let release = () => {};
    answer = async ({ range }) => {
      await new Promise<void>((resolve) => (release = resolve));
      return { ...DAY, range, totals: { ...DAY.totals, creditsIn: 70 } };
    };
    radio(root).focus();
    await sendKeys({ press: 'ArrowRight' });
    expect(dashboard.range).to.equal('7d');
    await until(() => asked.length === 2 && root.querySelector('.body[aria-busy=true]'));
    expect(tile(root, 'credits-in')[1]).to.equal('3');
    expect(text(root, '[role=status]')).to.equal('');
    release();
    await until(() => tile(root, 'credits-in')[1] === '70');
    expect(text(root, '[role=status]')).to.equal('7 days shown: 70 credits in, 1 credits out, 6 tasks served.');
    expect(root.activeElement).to.equal(radio(root));
    expect(radio(root).value).to.equal('7d');
  });

  it('heeds the answer to its last question alone', async () => {
    addNode({ 'site-id': SITE });
    const { dashboard, root } = await shown();
    const answersOf = new Map<string, (report: Report) => void>();
    answer = ({ range }) => new Promise((resolve) => answersOf.set(range, resolve));
    dashboard.range = '7d';
    await until(() => answersOf.has('7d'));
    dashboard.range = '30d';
    await until(() => answersOf.has('30d'));
    answersOf.get('30d')!({ ...DAY, range: '30d', totals: { ...DAY.totals, creditsIn: 30 } });
    await until(() => tile(root, 'credits-in')[1] === '30');
    answersOf.get('7d')!({ ...DAY, range: '7d', totals: { ...DAY.totals, creditsIn: 7 } });
    await settled();
    expect(tile(root, 'credits-in')[1]).to.equal('30');
  });

  it('reads the report again a moment after the ledger changed, once for many changes, and says nothing', async () => {
    addNode({ 'site-id': SITE });
    const { root } = await shown();
    answer = async ({ range }) => ({ ...DAY, range, totals: { ...DAY.totals, creditsIn: 9 } });
    engines[0]!.become({ stateHash: 'a' });
    engines[0]!.become({ stateHash: 'b' });
    await until(() => (time.pass(1_000), asked.length === 2));
    await until(() => tile(root, 'credits-in')[1] === '9');
    expect(asked).to.have.length(2);
    expect(text(root, '[role=status]')).to.equal('');
    engines[0]!.become({ status: 'working' });
    await settled();
    time.pass(2_000);
    expect(asked).to.have.length(2);
  });

  it('says what to do when the figures cannot be read, and tries again', async () => {
    refuse();
    addNode({ 'site-id': SITE });
    const root = addDashboard().shadowRoot!;
    const retry = await until(() => button(root, 'Try again'));
    expect(text(root, '.notice')).to.contain('No relay answers').and.contain('relays');
    expect(root.querySelector('.tiles')).to.equal(null);
    answer = async ({ range }) => ({ ...DAY, range });
    retry.click();
    await until(() => root.querySelector('.tiles') && !root.querySelector('.notice'));
    expect(text(root, '[role=status]')).to.contain('24 hours shown');
  });

  it('keeps the figures it has when new ones cannot be read, and says of when they are', async () => {
    addNode({ 'site-id': SITE });
    const { dashboard, root } = await shown();
    refuse('kernel-failed');
    dashboard.range = '30d';
    await until(() => root.querySelector('.notice'));
    expect(text(root, '.notice')).to.contain('could not be brought up to date').and.contain('What the engine said.');
    expect(tile(root, 'credits-in')[1]).to.equal('3');
    expect(text(root, 'figure caption')).to.contain('24 hours');
    expect(text(root, 'footer')).to.contain('24 hours up to');
    radio(root).focus();
    await sendKeys({ press: 'ArrowLeft' });
    await until(() => text(root, '[role=status]') === 'The figures could not be brought up to date');
  });

  it('says that it is offline, and of when its figures are', async () => {
    const { engine } = await contributing({ 'site-id': SITE });
    const { root } = await shown();
    engine.become({ status: 'offline', link: 'none' });
    await until(() => text(root, '.notice').startsWith('Offline. These are the figures of'));
    engine.become({ status: 'idle', link: 'direct' });
    await until(() => !root.querySelector('.notice'));
  });

  it('ticks three steps as a site gets under way, then shows figures', async () => {
    answer = async ({ range }) => ({ ...NOTHING, range });
    const root = addDashboard().shadowRoot!;
    const ticks = () => [...root.querySelectorAll<HTMLElement>('.steps li')].map((step) => step.dataset['done']).join();
    await until(() => ticks() === 'false,false,false');
    expect(text(root, '[aria-current=step]')).to.contain('Put <edge-net-node>');
    radio(root).focus();
    await sendKeys({ press: 'ArrowRight' });
    await settled();
    expect(text(root, '[role=status]'), 'there is nothing to say without a node').to.equal('');
    const node = addNode({ relays: '' });
    await until(() => ticks() === 'true,false,false');
    expect(text(root, '[aria-current=step]')).to.contain('relays="wss://');
    node.relays = 'wss://relay.example/gun';
    await until(() => ticks() === 'true,true,false');
    expect(text(root, '[aria-current=step]')).to.contain('Allow');
    node.consent = 'granted';
    await until(() => ticks() === 'true,true,true');
    expect(text(root, 'h3')).to.contain('All is set');
    answer = async ({ range }) => ({ ...DAY, range });
    const engine = await engineAt(1);
    await until(() => (engine.become({ stateHash: String(time.now()) }), time.pass(1_000), root.querySelector('.tiles')));
    expect(root.querySelector('.steps')).to.equal(null);
  });

  it('offers the month where a day had nothing', async () => {
    answer = async ({ range }) => (range === '30d' ? { ...DAY, range } : { ...NOTHING, range });
    addNode({ 'site-id': SITE });
    const dashboard = addDashboard();
    const root = dashboard.shadowRoot!;
    (await until(() => button(root, 'Show 30 days'))).click();
    expect(dashboard.range).to.equal('30d');
    await until(() => root.querySelectorAll('.drawing svg').length === 4);
    expect(root.querySelector('.notice')).to.equal(null);
    expect(text(root, 'footer')).to.contain('UTC');
  });

  it('shows hostile names and kinds as the text that they are', async () => {
    const hostile = '<img src=x onerror=alert(1)>\u202e';
    answer = async ({ range }) => ({ ...DAY, range, site: hostile, series: DAY.series.map((bucket, at) => (at === 0 ? { ...bucket, tasks: { [hostile]: 1, constructor: 2 }, tasksSettled: 3 } : bucket)) });
    addNode({ 'site-id': SITE });
    const { root } = await shown({ site: hostile });
    expect(root.querySelector('img')).to.equal(null);
    expect(text(root, 'header bdi')).to.equal(hostile);
    expect(text(root, '.notice')).to.contain('Nobody has registered the name').and.contain('onerror');
    expect(cellsOf(tableOf(root, 'tasks').querySelector('thead tr')!)).to.include(hostile).and.include('constructor');
  });

  it('takes an unknown range for a day', async () => {
    addNode({ 'site-id': SITE });
    const { root } = await shown({ range: '1y' });
    expect(asked).to.deep.equal([{ range: '24h', site: SITE }]);
    expect(radio(root).value).to.equal('24h');
  });

  it('stands still once it is removed, and comes back', async () => {
    addNode({ 'site-id': SITE });
    const { dashboard, root } = await shown();
    const { disconnect } = ResizeObserver.prototype;
    let disconnected = 0;
    ResizeObserver.prototype.disconnect = function () {
      disconnected++;
      disconnect.call(this);
    };
    try {
      const timers = time.waiting;
      dashboard.remove();
      await until(() => disconnected === 1);
      expect(time.waiting).to.equal(timers - 1);
      engines[0]!.become({ stateHash: 'other' });
      time.pass(HOUR_MS);
      await settled();
      expect(asked).to.have.length(1);
      document.body.append(dashboard);
      await until(() => asked.length === 2 && root.querySelectorAll('.drawing svg').length === 4);
      dashboard.remove();
      await until(() => disconnected === 2);
    } finally {
      ResizeObserver.prototype.disconnect = disconnect;
    }
  });

  it('fits its drawings to their width', async () => {
    addNode({ 'site-id': SITE });
    const { dashboard, root } = await shown();
    for (const width of [320, 1200]) {
      dashboard.style.width = `${width}px`;
      const place = root.querySelector<HTMLElement>('.drawing')!;
      await until(() => Number(place.querySelector('svg')!.getAttribute('width')) === place.clientWidth);
      expect(root.querySelector('.board')!.scrollWidth).to.be.at.most(width);
    }
  });

  it('mirrors in Arabic, and is whole in German', async () => {
    document.documentElement.lang = 'ar';
    addNode({ 'site-id': SITE });
    const { dashboard, root } = await shown();
    const late = () => root.querySelector('[data-chart=contributors] svg g[aria-label=rect] rect:last-child')!.getBoundingClientRect();
    const chart = () => root.querySelector('[data-chart=contributors] svg')!.getBoundingClientRect();
    expect(root.querySelector<HTMLElement>('.card')!.dir).to.equal('rtl');
    expect(late().left).to.be.lessThan(chart().left + chart().width / 2);
    dashboard.lang = 'de';
    await until(() => text(root, 'h2') === 'Übersicht der Website' && root.querySelector('[data-chart=contributors] [role=img]')!.getAttribute('aria-label')!.startsWith('Diagramm'));
    expect(late().left).to.be.greaterThan(chart().left + chart().width / 2);
    expect(tile(root, 'verification')[1]).to.equal('83,3 %');
    expect(root.textContent).not.to.contain('dashboard.');
  });

  it('is accessible in every state, light and dark, wide and narrow', async () => {
    document.title = 'Dashboard';
    document.documentElement.lang = 'en';
    const states: [string, () => void, (root: ShadowRoot) => unknown][] = [
      ['no node', () => {}, (root) => root.querySelector('.steps')],
      ['loading', () => (answer = () => new Promise(() => {}), addNode({ 'site-id': SITE })), (root) => root.querySelector('[aria-busy=true] .tiles')],
      ['error', () => (refuse(), addNode({ 'site-id': SITE })), (root) => root.querySelector('.notice')],
      ['quiet', () => ((answer = async ({ range }) => (range === '30d' ? { ...DAY, range } : { ...NOTHING, range })), addNode({ 'site-id': SITE })), (root) => root.querySelector('.notice button')],
      ['nothing yet', () => ((answer = async ({ range }) => ({ ...NOTHING, range })), addNode({ 'site-id': SITE })), (root) => root.querySelector('[data-done=true]')],
      ['offline', () => addNode({ 'site-id': SITE }), (root) => root.querySelectorAll('.drawing svg').length === 4 && (engines[0]!.become({ link: 'none' }), root.querySelector('.notice'))],
      ['figures', () => addNode({ 'site-id': SITE }), (root) => root.querySelectorAll('.drawing svg').length === 4],
    ];
    for (const [, arrange, isThere] of states) {
      reset();
      answer = async ({ range }) => ({ ...DAY, range });
      arrange();
      const dashboard = addDashboard();
      await until(() => isThere(dashboard.shadowRoot!));
      for (const details of dashboard.shadowRoot!.querySelectorAll('details')) details.open = true;
      for (const theme of ['light', 'dark'] as const) {
        dashboard.theme = theme;
        await setViewport({ width: theme === 'light' ? 1280 : 320, height: 800 });
        await until(() => getComputedStyle(dashboard).colorScheme === theme);
        await accessible(dashboard);
      }
    }
    await emulateMedia({ forcedColors: 'active' });
    await accessible(document.querySelector('edge-net-dashboard')!);
    await emulateMedia({ forcedColors: 'none' });
    await setViewport({ width: 800, height: 600 });
  });
});

describe('the parts of the dashboard', () => {
  it('says when the drawings cannot be loaded', async () => {
    const root = document.createElement('div');
    root.append(Object.assign(document.createElement('div'), { className: 'drawing' }));
    root.querySelector<HTMLElement>('.drawing')!.dataset['drawing'] = 'credits';
    let drawings: Drawings | undefined;
    await new Promise<void>((resolve) => {
      drawings = new Drawings(root, resolve, () => Promise.reject(new Error('blocked')));
      drawings.show([], undefined as never);
    });
    expect(drawings!.hasFailed).to.equal(true);
    drawings!.rest();
  });

  it('knows its own scripts by folder and name', () => {
    const isOurs = recogniser('https://cdn.example/x/edge-net.dashboard-view.js?v=2')!;
    expect(isOurs('https://cdn.example/x/edge-net.js')).to.equal(true);
    expect(isOurs('https://cdn.example/x/edge-net.shared.js#a')).to.equal(true);
    expect(isOurs('https://cdn.example/x/site.js')).to.equal(false);
    expect(isOurs('https://cdn.example/x/edge-network.js')).to.equal(false);
    expect(isOurs('https://other.example/x/edge-net.js')).to.equal(false);
    expect(isOurs('')).to.equal(false);
    expect(recogniser('https://site.example/assets/index-abc.js')).to.equal(undefined);
  });

  it('observes the page while it is shown, and no longer', () => {
    const { disconnect } = PerformanceObserver.prototype;
    let disconnected = 0;
    PerformanceObserver.prototype.disconnect = function () {
      disconnected++;
      disconnect.call(this);
    };
    try {
      const impact = watchImpact(() => {}, 'https://cdn.example/edge-net.dashboard-view.js');
      const isMeasured = PerformanceObserver.supportedEntryTypes.includes('long-animation-frame');
      expect(impact.now()).to.deep.equal(isMeasured ? { scriptMs: 0, shift: 0 } : 'unsupported');
      impact.stop();
      expect(disconnected).to.equal(isMeasured ? 2 : 0);
      if (isMeasured) expect(watchImpact(() => {}, 'https://site.example/index.js').now()).to.equal('bundled');
    } finally {
      PerformanceObserver.prototype.disconnect = disconnect;
    }
  });

  it('chooses round steps', () => {
    expect(roundSteps(0, 6, { isWhole: true })).to.deep.equal([0, 2, 4, 6]);
    expect(roundSteps(0, 1, { isWhole: true })).to.deep.equal([0, 1]);
    expect(roundSteps(-0.7, 3.1)).to.deep.equal([-1, 0, 1, 2, 3, 4]);
    expect(roundSteps(0, 0.3)).to.deep.equal([0, 0.1, 0.2, 0.3]);
    expect(roundSteps(0, 0.000_002)).to.deep.equal([0, 5e-7, 1e-6, 1.5e-6, 2e-6]);
    expect(thinned([1, 2, 3, 4, 5], 3)).to.deep.equal([1, 3, 5]);
    expect(thinned([1, 2], 0)).to.deep.equal([1]);
  });

  it('takes a report with anything in it for more than none', () => {
    expect(isEmpty(NOTHING)).to.equal(true);
    expect(isEmpty({ ...NOTHING, totals: { ...NOTHING.totals, visitorsAllowed: 1 } })).to.equal(false);
  });
});
