/** What a node's state, and its figures, are called in front of a visitor. Every view's words include the section `STATUS`. */
import type { NodeState, Reason, Status } from '../../engine/index.js';
import type { STATUS } from '../messages/en/status.js';
import type { Key } from '../messages/message.js';
import type { Words } from './wording.js';

export type StatusWords = Words<typeof STATUS>;
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'off';

export interface Description {
  /** A few words: what is going on. */
  readonly title: string;
  /** A sentence or two: why, or what to do about it. */
  readonly hint: string;
  readonly tone: Tone;
  /**
   * For a live region. Tasks come and go within milliseconds, and visitors move their mice: that is no news, so all of it is
   * called by one name. Empty while a node is on its way somewhere: what was said before still holds.
   */
  readonly announcement: string;
}

const TONES: { readonly [Name in Status]?: Tone } = {
  idle: 'good', following: 'good', working: 'busy', loading: 'busy', connecting: 'busy', paused: 'warn', offline: 'warn', unsupported: 'bad', error: 'bad',
};

/** These keep a node from working; others slow it, or say why there is nothing to do. */
const STOPS: ReadonlySet<Reason> = new Set<Reason>([
  'hidden', 'unfocused', 'battery', 'metered', 'pressure', 'bandwidth', 'memory', 'snoozed', 'paused-by-visitor', 'paused-by-site', 'embedded', 'mobile',
]);

/** Reasons that have something to say in a status; what stops is told apart before. */
const SPEAKS: { readonly [Name in Status]?: readonly Reason[] } = {
  'awaiting-consent': ['gpc'],
  idle: ['no-credits', 'no-peers', 'probation', 'no-work'],
  working: ['page-busy', 'user-active'],
};

/** What a code means for somebody who can neither read the message nor change the site. */
const PROBLEMS = [
  ['network', /^(?:relay|timeout|rate)/u],
  ['site', /^(?:config|not-init|csp|trusted|origin|descriptor|upgrade|model)/u],
  ['insecure', /^insecure/u],
  ['clock', /^clock/u],
  ['storage', /^storage/u],
  ['busy', /^identity/u],
  ['account', /^account/u],
] as const;

/** @param state undefined where the page has no node */
export function describeState(t: StatusWords, state: NodeState | undefined): Description {
  const key = state ? keyOf(state) : 'status.none';
  const title = t(key);
  const { status } = state ?? {};
  const tone = (status && stopOf(state!) && status !== 'working' ? 'warn' : status && TONES[status]) || 'off';
  const isOnItsWay = status === 'loading' || status === 'connecting' || key === 'status.pausing';
  const isUp = status === 'working' || (status === 'idle' && !stopOf(state!));
  return { title, hint: t(`${key}.hint` as Key<typeof STATUS>), tone, announcement: isOnItsWay ? '' : isUp ? t('status.contributing') : title };
}

function keyOf(state: NodeState): Key<typeof STATUS> {
  const { status, reasons, error } = state;
  const problem = error && (status === 'error' || status === 'unsupported') && PROBLEMS.find(([, codes]) => codes.test(error.code));
  if (problem) return `status.problem.${problem[0]}`;
  const stop = stopOf(state);
  if (stop) return status === 'working' ? 'status.pausing' : `status.reason.${stop}`;
  const speaks = SPEAKS[status]?.find((reason) => reasons.includes(reason));
  return speaks ? `status.reason.${speaks}` : `status.${status}`;
}

/** The first is the gravest. Who is offline, or still connecting, has that to say before any other. */
function stopOf({ status, reasons }: NodeState): Reason | undefined {
  return ['idle', 'working', 'paused', 'following'].includes(status) ? reasons.find((reason) => STOPS.has(reason)) : undefined;
}

/** @returns what keeps it below its limit just now; empty where nothing does */
export function describeThrottle(t: StatusWords, { throttle: { level, because }, status }: NodeState): string {
  const cause = because === 'user-active' ? because : because.startsWith('page-') ? 'page-busy' : undefined;
  return cause && level > 0 && (status === 'idle' || status === 'working') ? t(`status.throttle.${cause}`, { level: t.percent(level) }) : '';
}

/** How far a task of the visitor's own has come. */
export function describeProgress(t: StatusWords, { phase, loaded, total }: NonNullable<NodeState['progress']>): string {
  if (total > 0) return t(phase === 'model' ? 'status.phase.model' : 'status.phase.running', { percent: t.percent(loaded / total) });
  return t(phase === 'accepted' ? 'status.phase.accepted' : 'status.phase.other');
}

/** The number alone, up to three decimals: small tasks cost thousandths. */
export function credits(t: StatusWords, amount: number): string {
  return t.number(amount, Math.abs(amount) < 1_000 ? 3 : 0);
}

/** With the word. */
export function inCredits(t: StatusWords, amount: number): string {
  return t.plural('unit.credits', amount, { count: credits(t, amount) });
}

/** @param ms a duration */
export function duration(t: StatusWords, ms: number): string {
  if (ms > 0 && ms < 1_000) return t('unit.ms', { ms: t.number(Math.max(1, ms)) });
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return t('unit.s', { s: t.number(ms / 1_000, ms < 10_000 ? 1 : 0) });
  if (minutes < 60) return t('unit.min', { min: t.number(minutes) });
  return t('unit.h', { h: t.number(Math.floor(minutes / 60)), min: t.number(minutes % 60) });
}

/** Hours and minutes of a moment. English by hand, as all English figures. @param at milliseconds since 1970 */
export function clock(t: StatusWords, at: number): string {
  const date = new Date(at);
  if (!t.lang.startsWith('en')) return new Intl.DateTimeFormat(t.lang, { timeStyle: 'short' }).format(date);
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** Of a key, enough to tell it from others. */
export function shortId(id: string): string {
  return id.length > 12 ? `${id.slice(0, 6)}…${id.slice(-4)}` : id;
}
