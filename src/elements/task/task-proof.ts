/** Who did the task, whether anybody checked it, and what it cost in the end. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { TaskResult } from '../../engine/index.js';
import { tame } from '../log/log-words.js';
import { shortId } from '../shared/words.js';
import { describeAmount, type TaskWords } from './task-words.js';

const LOCAL = 'local';
const ID_CHARS_MAX = 64;

/** @param quoted credits; undefined where no price was asked for */
export function proofView(t: TaskWords, { taskId, cost, workers, verified }: TaskResult, quoted: number | undefined, copy: (text: string, field: HTMLElement) => void): TemplateResult {
  const isLocal = workers.length === 1 && workers[0] === LOCAL;
  const kind = isLocal ? 'local' : verified ? 'verified' : 'unverified';
  const why = kind === 'verified' ? t.plural('task.verified.why', workers.length) : t(`task.${kind}.why` as 'task.local.why');
  const click = ({ currentTarget }: Event) => copy(taskId, (currentTarget as HTMLElement).parentElement!.querySelector('code')!);
  return html`<div class="proof" part="proof">
    <h3>${t('task.proof')}</h3>
    <p><strong class="verdict"><span class="dot" data-tone=${verified ? 'good' : 'off'}></span>${t(`task.${kind}`)}</strong> ${why}</p>
    <dl>
      ${isLocal ? nothing : html`<div><dt>${t('task.workers')}</dt><dd>${workers.map((worker) => html`<bdi title=${tame(worker, ID_CHARS_MAX)}>${shortId(tame(worker, ID_CHARS_MAX))}</bdi> `)}</dd></div>`}
      <div><dt>${t('task.cost')}</dt><dd>${costOf(t, cost, isLocal ? undefined : quoted)}</dd></div>
      <div><dt>${t('task.id')}</dt><dd class="row"><code dir="ltr">${tame(taskId, ID_CHARS_MAX)}</code><button type="button" part="button" aria-label=${t('task.copy.what', { what: t('task.id') })} @click=${click}>${t('task.copy')}</button></dd></div>
    </dl>
  </div>`;
}

function costOf(t: TaskWords, cost: number, quoted: number | undefined): string {
  const credits = describeAmount(t, cost);
  if (quoted === undefined) return credits;
  return cost === quoted ? t('task.cost.quoted', { credits }) : t('task.cost.other', { credits, quoted: describeAmount(t, quoted) });
}
