/** What stands between an owner and the figures, and what to do about it. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { EdgeNetError } from '../../engine/index.js';
import type { DASHBOARD } from '../messages/en/dashboard.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { isEdgeNetError } from '../shared/errors.js';
import type { DashboardWords, Format } from './format.js';
import { isEmpty, type ReportFeed } from './report-feed.js';

/** The account's key is longer than any name. */
const NAME_LENGTH_MAX = 40;

const ADVICE: { readonly [Code in EdgeNetError['code']]?: keyof typeof DASHBOARD } = {
  'relay-unreachable': 'dashboard.error.relay',
  'csp-connect': 'dashboard.error.relay',
  'bad-input': 'dashboard.error.site',
  'config-conflict': 'dashboard.error.conflict',
};

/** While a node is on its way, or another tab speaks for it, it is not yet cut off. */
const UNDER_WAY: ReadonlySet<string> = new Set(['loading', 'connecting', 'following']);

export interface Circumstances {
  readonly feed: ReportFeed;
  readonly node: EdgeNetNode | undefined;
  readonly format: Format;
  retry(): void;
  /** Shows the last month. */
  widen(): void;
}

export function noticesOf({ feed, node, format, retry, widen }: Circumstances): TemplateResult | typeof nothing {
  const { report, error } = feed;
  const { t } = format;
  if (error !== undefined) return failure(error, report !== undefined, feed.busy, t, retry);
  if (!report || !node) return nothing;
  const isOffline = node.state.status === 'offline' || (node.state.link === 'none' && !UNDER_WAY.has(node.state.status)) || !navigator.onLine;
  const isNameless = report.site !== '' && report.site.length <= NAME_LENGTH_MAX;
  return html`
    ${isOffline ? html`<p class="notice" part="notice" data-tone="warn">${t('dashboard.offline', { time: format.moment(feed.readAt) })}</p>` : nothing}
    ${isNameless ? html`<p class="notice" part="notice" data-tone="warn">${t('dashboard.unnamed', { name: `\u2068${report.site}\u2069` })}</p>` : nothing}
    ${isEmpty(report) && feed.isQuiet ? html`<div class="notice" part="notice"><p>${t('dashboard.quiet')}</p><button type="button" @click=${widen}>${t('dashboard.show-month')}</button></div>` : nothing}`;
}

/** Whatever has no advice of its own is told as it is, which is in English. */
function failure(error: unknown, hasFigures: boolean, isBusy: boolean, t: DashboardWords, retry: () => void): TemplateResult {
  const advice = isEdgeNetError(error) ? ADVICE[error.code] : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return html`<div class="notice" part="notice" data-tone="bad">
    <div><p><b>${t(hasFigures ? 'dashboard.failed-kept' : 'dashboard.failed')}</b></p>
    ${advice ? html`<p>${t(advice)}</p>` : html`<p>${t('dashboard.error.other')} <span lang="en" dir="ltr">${message}</span></p>`}</div>
    <button type="button" aria-disabled=${String(isBusy)} @click=${() => isBusy || retry()}>${t('dashboard.retry')}</button>
  </div>`;
}
