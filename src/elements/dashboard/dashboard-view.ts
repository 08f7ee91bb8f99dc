/** Draws the dashboard: the report's figures as tiles and charts, or what is missing before there are any. */
import { html, nothing, render, type TemplateResult } from 'lit/html.js';
import type { ReportRange } from '../../engine/index.js';
import { DASHBOARD } from '../messages/en/dashboard.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { keepFocus, sheet } from '../shared/dom.js';
import { PALETTE } from '../shared/palette.js';
import type { View } from '../shared/view-element.js';
import { Wording } from '../shared/wording.js';
import { type Chart, chartsOf } from './charts.js';
import type { EdgeNetDashboard } from './dashboard-element.js';
import { DASHBOARD_STYLES } from './dashboard-style.js';
import { Drawings } from './drawings.js';
import { figuresOf } from './figures.js';
import { type DashboardWords, Format } from './format.js';
import { noticesOf } from './notices.js';
import { watchImpact } from './page-impact.js';
import { isEmpty, ReportFeed } from './report-feed.js';
import { stepsOf } from './steps.js';
import { tilesOf } from './tiles.js';

const RANGES: readonly ReportRange[] = ['24h', '7d', '30d'];
/** Of a node that has nobody to ask. */
const UNASKABLE: ReadonlySet<string> = new Set(['unconfigured', 'closed']);

export class DashboardView implements View {
  #host: EdgeNetDashboard;
  #root: ShadowRoot;
  #feed: ReportFeed;
  #wording: Wording<typeof DASHBOARD> | undefined;
  #impact: ReturnType<typeof watchImpact> | undefined;
  #drawings: Drawings | undefined;
  #format: Format | undefined;
  /** Of `#report`, in the words of `#format`. */
  #charts: readonly Chart[] = [];
  #report: ReportFeed['report'];
  /** What is being read was wished for by hand, and is said when it is there. Figures that change by themselves are not read out. */
  #isAwaited = false;
  #said = '';

  constructor(host: EdgeNetDashboard, root: ShadowRoot) {
    this.#host = host;
    this.#root = root;
    this.#feed = new ReportFeed(host.redraw);
    root.adoptedStyleSheets = [sheet(PALETTE + DASHBOARD_STYLES)];
  }

  draw(node: EdgeNetNode | undefined): void {
    const { redraw } = this.#host;
    this.#wording ??= new Wording(this.#host, DASHBOARD, redraw);
    this.#impact ??= watchImpact(redraw);
    this.#drawings ??= new Drawings(this.#root, redraw);
    const range = RANGES.find((known) => known === this.#host.range) ?? '24h';
    const isAskable = node !== undefined && !UNASKABLE.has(node.state.status);
    this.#feed.want(isAskable ? { node, range, site: this.#site(undefined) } : undefined);
    const t = this.#wording.words;
    if (!t) return;
    const format = this.#prepare(t, range);
    const site = this.#site(node);
    keepFocus(this.#root, '#heading', () => render(
      html`<section class="card board" part="base" aria-labelledby="heading" lang=${t.lang} dir=${t.dir}>
        <header part="header">
          <div><h2 id="heading" tabindex="-1">${t('dashboard.title')}</h2><p class="faint">${site ? html`${t('dashboard.site')} <bdi part="site">${site}</bdi>` : t('dashboard.network')}</p></div>
          ${this.#ranges(range, t)}
        </header>
        <p class="hidden" role="status">${this.#said}</p>
        ${noticesOf({ feed: this.#feed, node, format, retry: () => this.#retry(), widen: () => this.#choose('30d') })}
        <div class="body" aria-busy=${String(this.#feed.busy)}>${this.#body(node, format)}</div>
      </section>`,
      this.#root,
    ));
    this.#drawings.show(this.#charts, format);
  }

  rest(): void {
    this.#feed.rest();
    this.#wording?.rest();
    this.#impact?.stop();
    this.#drawings?.rest();
    this.#wording = this.#impact = this.#drawings = undefined;
  }

  /** What is asked for; with a node, what that comes to. `*` is the whole network. */
  #site(node: EdgeNetNode | undefined): string | undefined {
    return this.#host.site === '*' ? '' : this.#host.site || node?.siteId;
  }

  /** The figures of the last range stay until there are others, and so do its words. */
  #prepare(t: DashboardWords, wanted: ReportRange): Format {
    const { report, error, busy } = this.#feed;
    const range = report?.range ?? wanted;
    const hasNewWords = this.#format?.t !== t || this.#format.range !== range;
    if (!this.#format || hasNewWords) this.#format = new Format(t, range);
    if (hasNewWords || report !== this.#report) this.#charts = report ? chartsOf(report, this.#format) : [];
    this.#report = report;
    if (!this.#isAwaited || busy) return this.#format;
    this.#isAwaited = false;
    if (error !== undefined) this.#said = t(report ? 'dashboard.failed-kept' : 'dashboard.failed');
    else this.#said = report ? spoken(report.totals, this.#format) : '';
    return this.#format;
  }

  #body(node: EdgeNetNode | undefined, format: Format): TemplateResult | typeof nothing {
    const { report, error, isQuiet, readAt } = this.#feed;
    const { t } = format;
    const isBare = report ? isEmpty(report) && !isQuiet : !node || UNASKABLE.has(node.state.status);
    if (!node || isBare) return stepsOf(node, report, t);
    if (!report && error !== undefined) return nothing;
    return html`${tilesOf(report, node.state, format, this.#host.consent, this.#impact!.now())}
      ${report && !isEmpty(report) ? figuresOf(this.#charts, format, this.#drawings!.hasFailed) : nothing}
      <footer class="faint">${report ? html`${t('dashboard.asOf', { range: format.rangeName, time: format.moment(readAt) })} ${t('dashboard.source')} ${report.range === '30d' ? t('dashboard.utc') : nothing}` : t('dashboard.loading')}</footer>`;
  }

  #ranges(range: ReportRange, t: DashboardWords): TemplateResult {
    return html`<fieldset class="ranges" part="ranges" role="radiogroup">
      <legend class="hidden">${t('dashboard.range')}</legend>
      ${RANGES.map((value) => html`<label part="range"><input type="radio" name="range" .value=${value} .checked=${value === range} @change=${() => this.#choose(value)}><span>${t(`dashboard.range.${value}`)}</span></label>`)}
    </fieldset>`;
  }

  #choose(range: ReportRange): void {
    this.#isAwaited = true;
    this.#host.range = range;
  }

  #retry(): void {
    this.#isAwaited = true;
    void this.#feed.ask();
  }
}

function spoken({ creditsIn, creditsOut, tasksServed }: NonNullable<ReportFeed['report']>['totals'], format: Format): string {
  return format.t('dashboard.shown', { range: format.rangeName, in: format.credits(creditsIn), out: format.credits(creditsOut), served: format.count(tasksServed) });
}

export const view = (host: EdgeNetDashboard, root: ShadowRoot): View => new DashboardView(host, root);
