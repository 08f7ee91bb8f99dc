/** Draws the widget. Everything shown comes from the node's snapshot and its history; it keeps only what is open. */
import { html, nothing, render, type TemplateResult } from 'lit/html.js';
import type { HistoryEntry, NodeState } from '../../engine/index.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { keepFocus, sheet } from '../shared/dom.js';
import { PALETTE } from '../shared/palette.js';
import type { View } from '../shared/view-element.js';
import { describeState, type Description } from '../shared/words.js';
import { Wording } from '../shared/wording.js';
import { controls, emptyWords, invitation, statusLines } from './controls.js';
import { creditLines, figures } from './figures.js';
import { Fold } from './fold.js';
import { ForgetMe } from './forget-me.js';
import { LateSection } from './late-section.js';
import { LimitSlider } from './limit-slider.js';
import { RanHere } from './ran-here.js';
import { SnoozeMenu } from './snooze-menu.js';
import { Sparkline } from './sparkline.js';
import { stageOf } from './stage.js';
import type { EdgeNetWidget } from './widget-element.js';
import { WIDGET_STYLES } from './widget-style.js';
import { ENGLISH, type WidgetWords } from './widget-words.js';

/** In the order in which they are drawn. */
const SECTIONS = ['credits', 'stats', 'chart', 'leaderboard', 'controls', 'history'] as const;

export class WidgetView implements View {
  #host: EdgeNetWidget;
  #root: ShadowRoot;
  #wording: Wording<typeof ENGLISH> | undefined;
  #node: EdgeNetNode | undefined;
  #announced = '';
  #states: CustomStateSet | undefined;
  #paint = (): void => this.draw(this.#node);
  #ranHere = new RanHere(this.#paint);
  #chart = new Sparkline();
  #parts = { snooze: new SnoozeMenu(this.#paint), limit: new LimitSlider(this.#paint), forget: new ForgetMe(this.#paint) };
  #fold: Fold;
  #ranking: LateSection<typeof import('./ranking-section.js').ENGLISH, EdgeNetNode>;
  #history: LateSection<typeof import('./history-section.js').ENGLISH, readonly HistoryEntry[]>;
  #showsHistory = false;
  /** What the site, or another widget, sets is no change of the node's state. */
  #watch = new MutationObserver(this.#paint);

  constructor(host: EdgeNetWidget, root: ShadowRoot) {
    this.#host = host;
    this.#root = root;
    this.#fold = new Fold(host, root, this.#paint);
    this.#ranking = new LateSection(host, this.#paint, () => import('./ranking-section.js'));
    this.#history = new LateSection(host, this.#paint, () => import('./history-section.js'));
    this.#states = host.attachInternals?.().states;
    root.adoptedStyleSheets = [sheet(PALETTE + WIDGET_STYLES)];
  }

  draw(node: EdgeNetNode | undefined): void {
    if (node !== this.#node) this.#turnTo(node);
    const stage = node && stageOf(node.state);
    this.#ranHere.follow(stage === 'up' ? node : undefined);
    if (node && stage === 'up') this.#chart.note(node.state.stats.cpu, performance.now());
    const t = (this.#wording ??= new Wording(this.#host, ENGLISH, this.#host.redraw)).words;
    if (!t) return;
    const described = describeState(t, node?.state);
    this.#announced = described.announcement || this.#announced;
    const description = { ...described, announcement: this.#announced };
    this.#mirror(node?.state.status);
    keepFocus(this.#root, '.card', () => render(this.#fold.isFolded ? this.#fold.pill(t, description) : this.#card(t, node, description), this.#root));
  }

  rest(): void {
    this.#ranHere.follow(undefined);
    this.#watch.disconnect();
    this.#node = undefined;
    for (const section of [this.#ranking, this.#history]) section.rest();
    this.#wording?.rest();
    this.#wording = undefined;
  }

  #turnTo(node: EdgeNetNode | undefined): void {
    this.#node = node;
    this.#chart = new Sparkline();
    this.#watch.disconnect();
    if (node) this.#watch.observe(node, { attributeFilter: ['cpu-limit', 'contribution', 'consent'] });
  }

  #card(t: WidgetWords, node: EdgeNetNode | undefined, description: Description): TemplateResult {
    const stage = node && stageOf(node.state);
    return html`<section class="card" part="card" tabindex="-1" aria-labelledby="heading" lang=${t.lang} dir=${t.dir}>
      <header part="header"><h2 id="heading">${t('widget.heading')}</h2>${this.#fold.isPinned ? this.#fold.button(t) : nothing}</header>
      ${statusLines(t, node, description, this.#ranHere.entries?.length === 0)} ${this.#parts.forget.notice(t)}
      ${node && stage === 'asking' && this.#wanted.includes('controls') ? invitation(t, node) : nothing}
      ${node && stage === 'up' ? this.#wanted.map((section) => this.#section(t, section, node)) : nothing}
    </section>`;
  }

  get #wanted(): readonly (typeof SECTIONS)[number][] {
    const wanted = this.#host.sections.split(/\s+/u);
    return SECTIONS.filter((section) => wanted.includes(section));
  }

  #section(t: WidgetWords, section: (typeof SECTIONS)[number], node: EdgeNetNode): TemplateResult | typeof nothing {
    const { state } = node;
    if (section === 'credits') return creditLines(t, state);
    if (section === 'stats') return figures(t, state, this.#ranHere.today());
    if (section === 'chart') return this.#chart.draw(t, state.stats.cpu, performance.now());
    if (section === 'leaderboard') return this.#ranking.draw(node);
    return section === 'controls' ? controls(t, node, this.#parts) : this.#historyOf(t, state);
  }

  #historyOf(t: WidgetWords, state: NodeState): TemplateResult {
    const { entries } = this.#ranHere;
    const open = ({ target }: Event) => {
      this.#showsHistory = (target as HTMLDetailsElement).open;
      this.#paint();
    };
    const isEmpty = entries?.length === 0;
    const list = this.#showsHistory && entries ? this.#history.draw(entries) : nothing;
    const note = isEmpty ? emptyWords(t, state) : list === nothing ? t('widget.history.loading') : '';
    return html`<details class="history" part="history" @toggle=${open}>
      <summary>${t('widget.history')}</summary>
      ${note ? html`<p class="faint">${note}</p>` : nothing} ${list}
    </details>`;
  }

  /** `edge-net-widget:state(paused)`; a browser without custom states does without. */
  #mirror(status = 'none'): void {
    const states = this.#states;
    const wanted = this.#fold.isFolded ? [status, 'folded'] : [status];
    if (!states || (states.size === wanted.length && wanted.every((state) => states.has(state)))) return;
    try {
      states.clear();
      for (const state of wanted) states.add(state);
    } catch {}
  }
}

export const view = (host: EdgeNetWidget, root: ShadowRoot): View => new WidgetView(host, root);
