/** An entry of the log in a visitor's words. Kinds, ids and names come from strangers: they are shown as text, without what would turn the rest around. */
import type { HistoryEntry } from '../../engine/index.js';
import type { LOG, UNITS } from '../messages/en/log.js';
import type { Words } from '../shared/wording.js';
import { shortId } from '../shared/words.js';

export type LogWords = Words<typeof LOG>;
type UnitWords = Words<typeof UNITS>;

const KINDS = ['embedding', 'vector_search', 'vector_insert', 'semantic_match', 'neural_inference', 'encryption', 'compression', 'custom_wasm'] as const;
type Kind = (typeof KINDS)[number];

const STRANGE_CHARS_MAX = 40;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const KILOBYTE = 1_024;
const MINUTE_MS = 60_000;

export function isKind(kind: string): kind is Kind {
  return (KINDS as readonly string[]).includes(kind);
}

/** A stranger's text on one line: no control characters, nothing that changes the direction of what follows. */
export function tame(text: unknown, most = STRANGE_CHARS_MAX): string {
  const plain = String(text).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '');
  return plain.length > most ? `${plain.slice(0, most)}…` : plain;
}

/** "Turned 20 texts into vectors". */
export function describeTask(t: LogWords, { kind, items }: Pick<HistoryEntry, 'kind' | 'items'>): string {
  if (!isKind(kind)) return t('log.did.unknown', { kind: tame(kind) || '–' });
  return items > 0 ? t.plural(`log.did.${kind}`, items) : t(`log.did.${kind}.unknown`);
}

export function describeKind(t: LogWords, kind: string): string {
  return isKind(kind) ? t(`log.kind.${kind}`) : tame(kind) || '–';
}

/**
 * Who asked for it.
 * @param nameOf the name an account registered, '' for none
 */
export function describeRequester(t: LogWords, { role, parties }: HistoryEntry, nameOf: (account: string) => string): string {
  if (role === 'submitter') return t('log.you');
  if (role === 'local') return t('log.here');
  const [account = ''] = parties;
  return tame(nameOf(account), 24) || shortId(tame(account, 64)) || '–';
}

/** @param ms 0 is unknown */
export function describeDuration(t: UnitWords, ms: number): string {
  if (!(ms > 0)) return '–';
  if (ms < 1_000) return t('log.unit.ms', { amount: t.number(Math.max(1, ms)) });
  if (ms < MINUTE_MS) return t('log.unit.s', { amount: t.number(ms / 1_000, 1) });
  return t('log.unit.min', { amount: t.number(ms / MINUTE_MS, 1) });
}

/** @param bytes 0 is none, or unknown */
export function describeBytes(t: UnitWords, bytes: number): string {
  if (!(bytes > 0)) return '–';
  if (bytes < KILOBYTE) return t('log.unit.b', { amount: t.number(bytes) });
  if (bytes < KILOBYTE ** 2) return t('log.unit.kb', { amount: t.number(bytes / KILOBYTE, 1) });
  return t('log.unit.mb', { amount: t.number(bytes / KILOBYTE ** 2, 1) });
}

/** Earned with a plus, spent with a minus. */
export function describeCredits(t: LogWords, credits: number): string {
  const amount = t.number(Math.abs(credits), Math.abs(credits) < 1_000 ? 3 : 0);
  return credits > 0 ? `+${amount}` : credits < 0 ? `−${amount}` : amount;
}

/** The time of today, the day as well of what is older; English by hand, as in `Words`. */
export function describeTime(t: LogWords, ms: number, now: number): string {
  const at = new Date(ms);
  if (Number.isNaN(at.getTime())) return '–';
  const isToday = new Date(now).toDateString() === at.toDateString();
  if (t.lang.startsWith('en')) {
    const clock = [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
    return isToday ? clock : `${at.getDate()} ${MONTHS[at.getMonth()]}, ${clock}`;
  }
  return new Intl.DateTimeFormat(t.lang, { hour: '2-digit', minute: '2-digit', ...(isToday ? {} : { day: 'numeric', month: 'short' }) }).format(at);
}
