/** The log: what ran on this machine for others, and what was bought from it, as the engine keeps it, brought up to date by its events. */
import { html, nothing, render, type TemplateResult } from 'lit/html.js';
import type { HistoryEntry, NodeState } from '../../engine/index.js';
import { hub } from '../hub/hub.js';
import { LOG } from '../messages/en/log.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { keepFocus, sheet } from '../shared/dom.js';
import { PALETTE } from '../shared/palette.js';
import type { View } from '../shared/view-element.js';
import { Wording } from '../shared/wording.js';
import { download, exportName, exportText } from './log-export.js';
import { filtered, filterForm, isFiltering, NO_FILTER, type Filter } from './log-filter.js';
import type { EdgeNetLog } from './log-element.js';
import { LOG_STYLES } from './log-style.js';
import { keyOf, logTable } from './log-table.js';
import { asleep, note, sure } from './log-notes.js';
import { PAGE_ROWS, pages, pageWords } from './log-pages.js';
import { copyOrSelect } from './copy.js';
import type { LogWords } from './log-words.js';

const STARTING: readonly NodeState['status'][] = ['loading', 'connecting'];

class LogView implements View {
  #host: EdgeNetLog;
  #root: ShadowRoot;
  #wording: Wording<typeof LOG> | undefined;
  #node: EdgeNetNode | undefined;
  /** Undefined until it was read. */
  #entries: readonly HistoryEntry[] | undefined;
  /** Whose log was read, or is being read. */
  #readOf = '';
  #failure = '';
  #filter: Filter = NO_FILTER;
  #page = 0;
  #expanded = new Set<string>();
  #asksToClear = false;
  /** Said to screen readers, and shown. */
  #said = '';

  constructor(host: EdgeNetLog, root: ShadowRoot) {
    this.#host = host;
    this.#root = root;
    root.adoptedStyleSheets = [sheet(PALETTE + LOG_STYLES)];
  }

  draw(node: EdgeNetNode | undefined): void {
    this.#follow(node);
    this.#wording ??= new Wording(this.#host, LOG, this.#host.redraw);
    const t = this.#wording.words;
    if (!t) return;
    keepFocus(this.#root, '#heading', () => render(
      html`<section class="card" part="card" aria-labelledby="heading" lang=${t.lang} dir=${t.dir}>
        <h2 id="heading" part="heading" tabindex="-1">${t('log.heading')}</h2>
        <p class="intro" id="intro">${t('log.intro')}</p>
        ${this.#content(t)}
        <p class=${this.#said ? 'bar' : 'hidden'} role="status">${this.#said}</p>
      </section>`,
      this.#root,
    ));
  }

  rest(): void {
    this.#wording?.rest();
    this.#wording = undefined;
    this.#follow(undefined);
  }

  /** Reads the log as soon as an engine runs, and anew when it is another's. */
  #follow(node: EdgeNetNode | undefined): void {
    if (node !== this.#node) {
      this.#node?.removeEventListener('edge-net-task', this.#onTask);
      node?.addEventListener('edge-net-task', this.#onTask);
      this.#node = node;
      this.#entries = undefined;
      this.#readOf = '';
    }
    const account = node && hub().engine.state ? node.state.nodeId : '';
    // What was stopped, or forgotten, is shown no longer; a page that comes back reads it anew.
    if (!account && node && !STARTING.includes(node.state.status)) this.#entries = undefined;
    if (account === this.#readOf) return;
    this.#readOf = account;
    if (account) void this.#read();
  }

  async #read(): Promise<void> {
    const [node, account] = [this.#node, this.#readOf];
    this.#failure = '';
    try {
      const entries = await node!.history();
      if (node === this.#node && account === this.#readOf) this.#entries = entries;
    } catch (error) {
      if (node === this.#node && account === this.#readOf) this.#failure = error instanceof Error ? error.message : String(error);
    }
    this.#host.redraw();
  }

  readonly #onTask = ({ detail }: CustomEvent<HistoryEntry>): void => {
    if (!this.#entries) return;
    const key = keyOf(detail);
    const known = this.#entries.some((entry) => keyOf(entry) === key);
    this.#entries = known ? this.#entries.map((entry) => (keyOf(entry) === key ? detail : entry)) : [detail, ...this.#entries];
    this.#redraw();
  };

  #redraw(said = this.#said): void {
    this.#said = said;
    if (this.#host.isConnected) this.draw(this.#node);
  }

  #content(t: LogWords): TemplateResult {
    const node = this.#node;
    if (!node) return note(t('log.nobody'));
    if (this.#failure) return note(t('log.failed', { message: this.#failure }), html`<button type="button" part="button" @click=${() => void this.#read()}>${t('log.retry')}</button>`);
    if (!this.#entries) return this.#readOf || STARTING.includes(node.state.status) ? note(t('log.loading')) : asleep(t, node);
    const offline = node.state.status === 'offline' ? note(t('log.offline')) : nothing;
    if (this.#entries.length === 0) return html`${offline}${note(t('log.empty'))}`;
    return html`${offline}${filterForm(t, this.#filter, this.#entries, (change) => this.#narrow(change, t))}${this.#list(t, this.#entries)}`;
  }

  #list(t: LogWords, all: readonly HistoryEntry[]): TemplateResult {
    const entries = filtered(all, this.#filter, t);
    const last = Math.max(0, Math.ceil(entries.length / PAGE_ROWS) - 1);
    const page = Math.min(this.#page, last);
    const shown = entries.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS);
    const top = this.#node?.state.top ?? [];
    const turnTo = (to: number) => {
      this.#page = to;
      this.#redraw(pageWords(t, to, entries.length));
    };
    return html`<div class="bar">
        <p part="count">${last > 0 ? pageWords(t, page, entries.length) : t.plural('log.tasks', entries.length)}</p>
        <button type="button" part="button" @click=${() => this.#export(t, entries)}>${t('log.export')}</button>
        <button type="button" part="button" id="clear" aria-expanded=${String(this.#asksToClear)} @click=${() => this.#askToClear(!this.#asksToClear)}>${t('log.clear')}</button>
      </div>
      ${this.#asksToClear ? sure(t, { keep: () => this.#askToClear(false), clear: () => void this.#clear(t) }) : nothing}
      ${shown.length > 0
        ? logTable({
            t, entries: shown, expanded: this.#expanded, now: hub().around.now(),
            nameOf: (account) => top.find((other) => other.account === account)?.name ?? '',
            toggle: (key) => this.#toggle(key),
            copy: (text, field) => void copyOrSelect(text, field).then((copied) => this.#redraw(copied ? t('log.copied') : t('log.copied.not'))),
          })
        : note(t('log.empty.filtered'), html`<button type="button" part="button" @click=${() => this.#narrow(NO_FILTER, t)}>${t('log.unfiltered')}</button>`)}
      ${pages(t, page, last, turnTo)}`;
  }

  #narrow(change: Partial<Filter>, t: LogWords): void {
    this.#filter = { ...this.#filter, ...change };
    this.#page = 0;
    const count = filtered(this.#entries ?? [], this.#filter, t).length;
    this.#redraw(isFiltering(this.#filter) ? t.plural('log.tasks', count) : '');
  }

  #toggle(key: string): void {
    if (!this.#expanded.delete(key)) this.#expanded.add(key);
    this.#redraw();
  }

  #export(t: LogWords, entries: readonly HistoryEntry[]): void {
    const now = hub().around.now();
    const file = exportName(now);
    download(exportText(entries, this.#node?.state.nodeId ?? '', now), file, 'application/json');
    this.#redraw(t('log.exported', { file }));
  }

  /** The focus goes with the question, and back. */
  #askToClear(asks: boolean): void {
    this.#asksToClear = asks;
    this.#redraw('');
    this.#root.querySelector<HTMLElement>(asks ? '#keep' : '#clear')?.focus();
  }

  async #clear(t: LogWords): Promise<void> {
    this.#asksToClear = false;
    try {
      await (await hub().engine.engine()).clearHistory();
      this.#filter = NO_FILTER;
      this.#expanded.clear();
      this.#said = t('log.cleared');
    } catch (error) {
      this.#said = error instanceof Error ? error.message : String(error);
    }
    await this.#read();
    this.#redraw();
    // The button that was pressed is gone, and so may be the one before it.
    (this.#root.getElementById('clear') ?? this.#root.getElementById('heading'))?.focus();
  }
}

export const view = (host: EdgeNetLog, root: ShadowRoot): View => new LogView(host, root);
