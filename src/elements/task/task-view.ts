/** One task from its price to its proof. What it does, `TaskRun` does; here it is drawn. */
import { html, nothing, render, type TemplateResult } from 'lit/html.js';
import { guard } from 'lit/directives/guard.js';
import { UNITS } from '../messages/en/log.js';
import { TASK } from '../messages/en/task.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { copyOrSelect } from '../log/copy.js';
import { describeDuration } from '../log/log-words.js';
import { keepFocus, sheet } from '../shared/dom.js';
import { PALETTE } from '../shared/palette.js';
import type { View } from '../shared/view-element.js';
import { Wording } from '../shared/wording.js';
import type { EdgeNetTask } from './task-element.js';
import { explain, failure } from './task-failure.js';
import { priceLine } from './task-price-line.js';
import { proofView } from './task-proof.js';
import { resultView } from './task-result.js';
import { TaskRun } from './task-run.js';
import { TASK_STYLES } from './task-style.js';
import { describePhase, headingOf, type TaskWords } from './task-words.js';

const ENGLISH = { ...TASK, ...UNITS };

class TaskView implements View {
  #host: EdgeNetTask;
  #root: ShadowRoot;
  #run: TaskRun;
  #wording: Wording<typeof ENGLISH> | undefined;
  #said = '';

  constructor(host: EdgeNetTask, root: ShadowRoot) {
    this.#host = host;
    this.#root = root;
    this.#run = new TaskRun(host, host.redraw);
    root.adoptedStyleSheets = [sheet(PALETTE + TASK_STYLES)];
    host.addEventListener('input', () => this.#run.edited());
    host.addEventListener('change', () => this.#run.edited());
    // Enter in a form that the page put into the element.
    host.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#start();
    });
  }

  draw(node: EdgeNetNode | undefined): void {
    this.#run.follow(node);
    this.#wording ??= new Wording(this.#host, ENGLISH, this.#host.redraw);
    const t = this.#wording.words;
    if (!t) return;
    const { outcome } = this.#run;
    // "Try again" goes when the task starts and "Cancel" when it ends.
    keepFocus(this.#root, '.run', () => render(
      html`<section class="card" part="card" aria-labelledby="heading" aria-busy=${String(this.#run.isRunning)} lang=${t.lang} dir=${t.dir}>
        <h2 id="heading" part="heading"><slot name="heading">${headingOf(t, this.#host.type)}</slot></h2>
        <div class="controls"><slot></slot></div>
        ${node ? priceLine(t, this.#run, this.#host, node) : html`<div class="price"><p>${t('task.nobody')}</p></div>`}
        ${this.#buttons(t)}
        <p class=${outcome?.kind === 'failed' && !outcome.isCancelled && !this.#said ? 'hidden' : 'status'} role="status">${this.#status(t)}</p>
        <div class="bar">${this.#progress(t)}</div>
        ${outcome?.kind === 'failed' && !outcome.isCancelled ? failure(t, outcome.error, () => void this.#start()) : nothing}
        ${outcome?.kind === 'done'
          ? html`<div class="result" part="result"><h3>${t('task.result')}</h3><slot name="result">${guard([outcome.result, t], () => resultView(t, outcome.result, this.#host.type))}</slot></div>
            ${proofView(t, outcome.result, outcome.quoted, (text, field) => void this.#copy(t, text, field))}`
          : nothing}
      </section>`,
      this.#root,
    ));
  }

  rest(): void {
    this.#wording?.rest();
    this.#wording = undefined;
    this.#run.follow(undefined);
  }

  /** Never disabled for good: a button that is takes the focus with it. */
  #buttons(t: TaskWords): TemplateResult {
    const { isRunning, canRun, outcome } = this.#run;
    return html`<div class="row buttons">
      <button type="button" class="run" part="button run" aria-disabled=${String(!canRun)} @click=${() => void this.#start()}>${outcome ? t('task.again') : t('task.run')}</button>
      ${isRunning ? html`<button type="button" part="button" @click=${() => this.#run.cancel()}>${t('task.cancel')}</button>` : nothing}
    </div>`;
  }

  #status(t: TaskWords): string {
    const { isRunning, progress, outcome } = this.#run;
    if (isRunning) return describePhase(t, progress?.phase ?? 'starting');
    if (this.#said) return this.#said;
    if (outcome?.kind === 'done') return t('task.done', { duration: describeDuration(t, outcome.ms) });
    if (!outcome) return '';
    return outcome.isCancelled ? t('task.cancelled') : `${t('task.failed')}: ${explain(t, outcome.error)}`;
  }

  /** Keeps its place while a task runs, known how far or not. */
  #progress(t: TaskWords): TemplateResult | typeof nothing {
    const { isRunning, progress } = this.#run;
    if (!isRunning) return nothing;
    return progress && progress.total > 0
      ? html`<progress part="progress" aria-label=${t('task.progress')} max="1" .value=${Math.min(1, progress.loaded / progress.total)}></progress>`
      : html`<progress part="progress" aria-label=${t('task.progress')}></progress>`;
  }

  async #start(): Promise<void> {
    this.#said = '';
    await this.#run.start();
  }

  async #copy(t: TaskWords, text: string, field: HTMLElement): Promise<void> {
    this.#said = (await copyOrSelect(text, field)) ? t('task.copied') : t('task.copied.not');
    this.#host.redraw();
  }
}

export const view = (host: EdgeNetTask, root: ShadowRoot): View => new TaskView(host, root);
