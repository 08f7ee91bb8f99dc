/** Draws the widget. Everything shown comes from the node's snapshot; what it keeps itself is the opened history. */
import { html, nothing, render, type TemplateResult } from 'lit/html.js';
import type { HistoryEntry, NodeState } from '../../engine/index.js';
import { sheet } from '../shared/dom.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { PALETTE } from '../shared/palette.js';
import { ranking, RANKING_STYLES } from '../leaderboard/ranking.js';
import type { View } from '../shared/view-element.js';
import type { EdgeNetWidget } from './widget-element.js';
import { WIDGET_STYLES } from './widget-style.js';
import { count, credits, describeState, duration, shortId, toneOf } from '../shared/words.js';

const SECTIONS = ['credits', 'stats', 'leaderboard', 'controls', 'history'];
const HOUR_MS = 3_600_000;
const SNOOZES = [['15 minutes', HOUR_MS / 4], ['1 hour', HOUR_MS], ['8 hours', 8 * HOUR_MS]] as const;
const ROWS = 5;
const OUTCOMES: Readonly<Record<HistoryEntry['outcome'], string>> = {
  running: 'under way', paid: 'paid', unpaid: 'not paid', failed: 'failed', resolved: 'done', refunded: 'refunded',
};

export class WidgetView implements View {
  #host: EdgeNetWidget;
  #root: ShadowRoot;
  #history: readonly HistoryEntry[] | undefined;
  #shown: EdgeNetNode | undefined;

  constructor(host: EdgeNetWidget, root: ShadowRoot) {
    this.#host = host;
    this.#root = root;
    root.adoptedStyleSheets = [sheet(PALETTE + RANKING_STYLES + WIDGET_STYLES)];
  }

  draw(node: EdgeNetNode | undefined): void {
    if (node !== this.#shown) this.#history = undefined;
    this.#shown = node;
    render(
      html`<section class="card" aria-labelledby="heading">
        <header><h2 id="heading">Shared computing</h2></header>
        <p class="status" role="status" data-tone=${node ? toneOf(node.state) : 'off'}>${node ? describeState(node.state) : 'No node on this page'}</p>
        ${node?.state.error ? html`<p class="error">${node.state.error.message}</p>` : nothing}
        ${node ? this.#sections().map((section) => this.#section(section, node)) : nothing}
      </section>`,
      this.#root,
    );
  }

  #sections(): string[] {
    const wanted = this.#host.sections.split(/\s+/u);
    return SECTIONS.filter((section) => wanted.includes(section));
  }

  #section(section: string, node: EdgeNetNode): TemplateResult | typeof nothing {
    if (section === 'credits') return creditLine(node.state);
    if (section === 'stats') return figures(node);
    if (section === 'leaderboard') return html`<h3>Most credits earned</h3>${ranking(node, ROWS)}`;
    return section === 'controls' ? controls(node) : this.#historyList(node);
  }

  #historyList(node: EdgeNetNode): TemplateResult {
    const load = async ({ target }: Event) => {
      if (!(target as HTMLDetailsElement).open) return;
      this.#history = await node.history().catch(() => []);
      this.draw(this.#shown);
    };
    return html`<details class="history" @toggle=${load}>
      <summary>What ran here</summary>
      ${this.#history?.length
        ? html`<ul>${this.#history.map(historyLine)}</ul>`
        : html`<p class="faint">${this.#history ? 'Nothing yet' : 'Reading…'}</p>`}
    </details>`;
  }
}

function creditLine({ stats }: NodeState): TemplateResult {
  return html`<p class="credits">
    <b>${credits(stats.credits)}</b> credits
    ${stats.pending > 0 ? html`<span class="faint">+ ${credits(stats.pending)} pending</span>` : nothing}
  </p>`;
}

function figures({ state: { stats }, cpuLimit }: EdgeNetNode): TemplateResult {
  const rows = [
    ['Tasks done', count(stats.tasksCompleted)],
    ['Time online', duration(stats.uptime)],
    ['Multiplier', `${stats.multiplier.toFixed(2)} ×`],
    ['Processor', `${Math.round(stats.cpu * 100)} % of a core`],
    // Known only later; a line more would move the page.
    ['Rank', stats.rank > 0 ? `${stats.rank} of ${stats.accounts}` : '–'],
  ];
  return html`<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    <meter aria-label="Processor use" min="0" max="1" .value=${Math.min(1, stats.cpu)} title=${`Limit: ${Math.round(cpuLimit * 100)} %`}></meter>`;
}

function controls(node: EdgeNetNode): TemplateResult | typeof nothing {
  const { status, reasons } = node.state;
  if (status === 'awaiting-consent' || status === 'declined') {
    return node.consent === 'denied' ? nothing : html`<div class="row"><button type="button" @click=${() => node.requestConsent()}>Contribute…</button></div>`;
  }
  if (['unconfigured', 'unsupported', 'closed', 'error'].includes(status)) return nothing;
  const paused = reasons.includes('paused-by-visitor') || reasons.includes('snoozed');
  const pause = paused
    ? html`<button type="button" @click=${() => node.resume('visitor')}>Resume</button>`
    : html`<button type="button" @click=${() => node.pause('visitor')}>Pause</button>`;
  return html`<div class="row">${pause}${snoozeMenu(node)}</div>
    <button class="stop" type="button" @click=${() => stop(node)}>Stop and forget me</button>`;
}

function snoozeMenu(node: EdgeNetNode): TemplateResult {
  const close = (event: Event) => (event.currentTarget as Element).closest('details')?.removeAttribute('open');
  const snooze = (event: Event, ms: number) => {
    close(event);
    node.snooze(ms);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    close(event);
    (event.currentTarget as Element).querySelector('summary')?.focus();
  };
  return html`<details class="menu" @keydown=${onKey}>
    <summary>Snooze</summary>
    <ul>${SNOOZES.map(([words, ms]) => html`<li><button type="button" @click=${(event: Event) => snooze(event, ms)}>${words}</button></li>`)}</ul>
  </details>`;
}

/** Where a site vouches for the consent, forgetting alone would start it again on the next page: the no is kept. */
async function stop(node: EdgeNetNode): Promise<void> {
  await node.forget();
  if (node.consent === 'granted') node.revokeConsent();
}

function historyLine(entry: HistoryEntry): TemplateResult {
  const party = entry.role === 'worker' ? 'for' : 'by';
  const who = entry.role === 'local' ? 'this page' : entry.parties.map(shortId).join(', ') || 'nobody yet';
  return html`<li>
    <b>${entry.kind.replaceAll('_', ' ')}</b> ${party} ${who}
    <span class="faint"><time datetime=${new Date(entry.at).toISOString()}>${new Date(entry.at).toLocaleTimeString()}</time>, ${Math.round(entry.busyMs)} ms, ${credits(entry.credits)} credits, ${OUTCOMES[entry.outcome]}</span>
  </li>`;
}

export const view = (host: EdgeNetWidget, root: ShadowRoot): View => new WidgetView(host, root);
