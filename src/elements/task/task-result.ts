/** A result for the eyes: matches as lists, vectors by their first numbers, bytes as a download; and all of it as JSON. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { TaskResult } from '../../engine/index.js';
import { download } from '../log/log-export.js';
import { describeBytes, tame } from '../log/log-words.js';
import { isNumbers, resultJson } from './task-json.js';
import type { TaskWords } from './task-words.js';

const QUERIES_SHOWN = 5;
const MATCHES_SHOWN = 10;
const VECTORS_SHOWN = 3;
const NUMBERS_SHOWN = 6;
const TEXT_CHARS_MAX = 400;
const JSON_CHARS_SHOWN = 20_000;
/** What stands in the proof instead. */
const PROOF: readonly string[] = ['taskId', 'cost', 'workers', 'verified'];

interface Match {
  readonly id: string | number;
  readonly score: number;
}

export function resultView(t: TaskWords, result: TaskResult, kind: string): TemplateResult {
  const fields = Object.entries(result).filter(([name]) => !PROOF.includes(name));
  return html`<div class="fields">${fields.map(([name, value]) => field(t, name, value, kind))}</div>${jsonView(t, result, kind)}`;
}

function field(t: TaskWords, name: string, value: unknown, kind: string): TemplateResult | typeof nothing {
  if (isMatches(value)) return matchesView(t, value);
  if (isVectors(value)) return vectorsView(t, value);
  if (value instanceof Uint8Array) return bytesView(t, name, value, kind);
  if (isNumbers(value)) return html`<p><span class="faint">${tame(name)}:</span> ${t.plural('task.result.numbers', value.length)}: <bdi class="numbers" dir="ltr">${firstOf(t, value)}</bdi></p>`;
  // How long the vectors are is said with them.
  if (name === 'dims' || value === undefined || value === null) return nothing;
  const words = typeof value === 'number' ? t.number(value, 6) : typeof value === 'string' ? value : JSON.stringify(value);
  return html`<p><span class="faint">${tame(name)}:</span> <bdi>${tame(words, TEXT_CHARS_MAX)}</bdi></p>`;
}

function matchesView(t: TaskWords, queries: readonly (readonly Match[])[]): TemplateResult {
  return html`${queries.slice(0, QUERIES_SHOWN).map((matches, index) => html`
    <h4>${queries.length > 1 ? `${t('task.result.query', { number: t.number(index + 1) })}: ` : nothing}${t.plural('task.result.matches', matches.length)}</h4>
    <ol>${matches.slice(0, MATCHES_SHOWN).map(({ id, score }) => html`<li><bdi>${tame(id, 80)}</bdi> <span class="faint">${t('task.result.score', { score: t.number(score, 4) })}</span></li>`)}</ol>
    ${more(t, matches.length - MATCHES_SHOWN)}`)}
    ${more(t, queries.length - QUERIES_SHOWN)}`;
}

function vectorsView(t: TaskWords, vectors: readonly (ArrayLike<number> & Iterable<number>)[]): TemplateResult {
  return html`<p>${t.plural('task.result.vectors', vectors.length, { dims: t.number(vectors[0]?.length ?? 0) })}</p>
    <ol>${vectors.slice(0, VECTORS_SHOWN).map((vector) => html`<li><bdi class="numbers" dir="ltr">${firstOf(t, vector)}</bdi></li>`)}</ol>
    ${more(t, vectors.length - VECTORS_SHOWN)}`;
}

function bytesView(t: TaskWords, name: string, bytes: Uint8Array, kind: string): TemplateResult {
  const save = () => download(bytes as Uint8Array<ArrayBuffer>, `edge-net-${safeName(kind)}-${safeName(name)}.bin`, 'application/octet-stream');
  return html`<p class="row"><span class="faint">${tame(name)}:</span> ${describeBytes(t, bytes.length)}
    <button type="button" part="button" aria-label=${t('task.result.download.what', { what: tame(name) })} @click=${save}>${t('task.result.download')}</button></p>`;
}

function jsonView(t: TaskWords, result: TaskResult, kind: string): TemplateResult {
  const json = resultJson(result);
  const shown = json.length > JSON_CHARS_SHOWN ? `${json.slice(0, JSON_CHARS_SHOWN)}…` : json;
  return html`<details>
    <summary>${t('task.result.json')}</summary>
    <pre tabindex="0" role="group" dir="ltr" aria-label=${t('task.result.json')}>${shown}</pre>
    <button type="button" part="button" @click=${() => download(json, `edge-net-${safeName(kind)}.json`, 'application/json')}>${t('task.result.download')}</button>
  </details>`;
}

function more(t: TaskWords, count: number): TemplateResult | typeof nothing {
  return count > 0 ? html`<p class="faint">${t.plural('task.result.more', count)}</p>` : nothing;
}

function firstOf(t: TaskWords, numbers: ArrayLike<number> & Iterable<number>): string {
  const first = Array.from({ length: Math.min(NUMBERS_SHOWN, numbers.length) }, (_, at) => t.number(numbers[at]!, 4)).join('  ');
  return numbers.length > NUMBERS_SHOWN ? `${first} …` : first;
}

function isMatches(value: unknown): value is readonly (readonly Match[])[] {
  const isMatch = (match: unknown) => typeof match === 'object' && match !== null && 'id' in match && typeof (match as Match).score === 'number';
  return Array.isArray(value) && value.length > 0 && value.every((row) => Array.isArray(row) && row.every(isMatch));
}

function isVectors(value: unknown): value is readonly (ArrayLike<number> & Iterable<number>)[] {
  return Array.isArray(value) && value.length > 0 && value.every(isNumbers);
}

function safeName(text: string): string {
  return text.replaceAll(/[^\w-]/gu, '').slice(0, 40) || 'result';
}
