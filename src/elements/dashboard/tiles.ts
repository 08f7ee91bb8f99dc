/** The dashboard's figures, each with its name and what it is made of. */
import { html, type TemplateResult } from 'lit/html.js';
import type { NodeState, Report, ReportRange } from '../../engine/index.js';
import type { ConsentCounts, EdgeNetDashboard } from './dashboard-element.js';
import type { DashboardWords, Format } from './format.js';
import type { PageImpact } from './page-impact.js';

interface Tile {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly note: string | TemplateResult;
}

/** @param report undefined while there is none: the tiles keep their places */
export function tilesOf(report: Report | undefined, state: NodeState, format: Format, consent: EdgeNetDashboard['consent'], impact: PageImpact): TemplateResult {
  const tiles = report ? [...ofCredits(report, state, format), visitors(report, format, consent), ...ofTasks(report, format)] : waiting(format.t);
  return html`<dl class="tiles" part="tiles">${[...tiles, impactTile(impact, format)].map(({ id, name, value, note }) => html`<div class="tile" part="tile" data-tile=${id}>
    <dt>${name}</dt><dd class="value" part="value">${value}</dd><dd class="note">${note}</dd>
  </div>`)}</dl>`;
}

function ofCredits({ site, totals }: Report, state: NodeState, format: Format): Tile[] {
  const { t } = format;
  return [
    { id: 'credits-in', name: t('dashboard.credits-in'), value: format.credits(totals.creditsIn), note: standing(site, state, format) },
    { id: 'credits-out', name: t('dashboard.credits-out'), value: format.credits(totals.creditsOut), note: t('dashboard.spent-on') },
  ];
}

/** A balance is known of one's own account and of the whole network; of the top of the leaderboard, what they ever earned. */
function standing(site: string, { ledger, nodeId, stats, top }: NodeState, format: Format): string {
  const { t } = format;
  if (site === '') return ledger ? t('dashboard.in-circulation', { amount: format.credits(ledger.granted + ledger.minted - ledger.burned) }) : '';
  if (site === nodeId) return t('dashboard.balance', { amount: format.credits(stats.credits) });
  const earner = top.find(({ account }) => account === site);
  return earner ? t('dashboard.earned', { amount: format.credits(earner.credits) }) : '';
}

function visitors({ range, totals }: Report, format: Format, consent: EdgeNetDashboard['consent']): Tile {
  const { t } = format;
  const counts = countsOf(consent, range);
  return { id: 'visitors', name: t('dashboard.visitors'), value: format.count(totals.visitorsAllowed), note: counts ? asked(counts, totals.visitorsAllowed, format) : notAsked(t) };
}

/** Numbers for each range, or numbers alone, which are for whatever range is shown. */
function countsOf(consent: EdgeNetDashboard['consent'], range: ReportRange): ConsentCounts | undefined {
  // A page without types may give anything.
  const given = typeof consent === 'object' && consent;
  const counts = given ? ('asked' in given ? given : given[range]) : undefined;
  return counts && Number.isFinite(counts.asked) && counts.asked >= 0 ? counts : undefined;
}

function asked({ asked: all, allowed }: ConsentCounts, inLedger: number, format: Format): string {
  const { t } = format;
  const yes = allowed ?? inLedger;
  // The ledger and a site's analytics begin to count at different times.
  if (!(yes >= 0 && yes <= all) || all === 0) return t('dashboard.asked-only', { asked: format.count(all) });
  return t('dashboard.asked', { allowed: format.count(yes), asked: format.count(all), share: format.share(yes / all) });
}

function notAsked(t: DashboardWords): TemplateResult {
  return html`<details class="why"><summary>${t('dashboard.not-asked')}</summary><p>${t('dashboard.how-to-count')}</p></details>`;
}

function ofTasks({ site, totals }: Report, format: Format): Tile[] {
  const { t } = format;
  const { cpuHours, tasksServed, tasksBought, tasksVerified, latencyMs } = totals;
  const none = { value: '–', note: t('dashboard.no-tasks') };
  const isWhole = site === '';
  return [
    { id: 'cpu-hours', name: t('dashboard.cpu-hours'), value: format.hours(cpuHours), note: t('dashboard.cpu-note') },
    { id: 'served', name: t('dashboard.served'), value: format.count(tasksServed), note: t(isWhole ? 'dashboard.served-network' : 'dashboard.served-note') },
    { id: 'bought', name: t('dashboard.bought'), value: format.count(tasksBought), note: t(isWhole ? 'dashboard.bought-network' : 'dashboard.bought-note') },
    { id: 'failures', name: t('dashboard.failures'), ...(failures(site, totals, format) ?? none) },
    {
      id: 'verification',
      name: t('dashboard.verification'),
      ...(tasksServed === 0 ? none : { value: format.share(tasksVerified / tasksServed), note: t('dashboard.verified-of', { verified: format.count(tasksVerified), served: format.count(tasksServed) }) }),
    },
    { id: 'latency', name: t('dashboard.latency'), ...(latencyMs ? { value: format.duration(latencyMs.p50), note: t('dashboard.latency-note', { time: format.duration(latencyMs.p95) }) } : none) },
  ];
}

/**
 * A site's own tasks and those that its contributors worked on overlap by nobody knows how much. So many at least have ended, and
 * the rate is at most what it is of those; where there is one sort alone, or the whole network, it is exact.
 */
function failures(site: string, { tasksServed, tasksBought, tasksFailed }: Report['totals'], format: Format): Pick<Tile, 'value' | 'note'> | undefined {
  const { t } = format;
  const ended = tasksFailed + (site === '' ? tasksServed : Math.max(tasksServed, tasksBought - tasksFailed));
  if (ended === 0) return undefined;
  const share = format.share(tasksFailed / ended);
  const isBound = site !== '' && tasksFailed > 0 && tasksServed > 0 && tasksBought > 0;
  const failed = format.count(tasksFailed);
  return { value: share, note: isBound ? t('dashboard.at-most', { failed }) : t('dashboard.failed-of', { failed, ended: format.count(ended) }) };
}

function impactTile(impact: PageImpact, format: Format): Tile {
  const { t } = format;
  const about = { id: 'impact', name: t('dashboard.impact') };
  if (typeof impact === 'string') return { ...about, value: '–', note: t(`dashboard.impact-${impact}`) };
  return { ...about, value: format.duration(impact.scriptMs), note: t('dashboard.impact-note', { shift: t.number(impact.shift, 3) }) };
}

const WAITING = ['credits-in', 'credits-out', 'visitors', 'cpu-hours', 'served', 'bought', 'failures', 'verification', 'latency'] as const;

function waiting(t: DashboardWords): Tile[] {
  return WAITING.map((id) => ({ id, name: t(`dashboard.${id}`), value: '…', note: '' }));
}
