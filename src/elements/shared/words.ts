/** What a status or a reason is called in front of a visitor. */
import type { NodeState, Reason, Status } from '../../engine/index.js';

const STATUS_WORDS: Readonly<Record<Status, string>> = {
  unconfigured: 'Not set up yet',
  'awaiting-consent': 'Not contributing',
  declined: 'Not contributing',
  loading: 'Starting',
  connecting: 'Connecting',
  idle: 'Ready',
  working: 'Working',
  paused: 'Paused',
  following: 'Contributing in another tab',
  offline: 'Offline, trying again',
  unsupported: 'Cannot run here',
  error: 'Stopped by an error',
  closed: 'Disconnected',
};

const REASON_WORDS: Readonly<Record<Reason, string>> = {
  'user-active': 'while you are active',
  'page-busy': 'as this page is busy',
  hidden: 'while the tab is hidden',
  unfocused: 'while you are elsewhere',
  battery: 'to save battery',
  metered: 'to save mobile data',
  pressure: 'as the device is busy',
  bandwidth: 'to keep to its data limit',
  memory: 'no task fits its memory limit',
  snoozed: 'for a while',
  'paused-by-visitor': 'until you resume',
  'paused-by-site': 'by this site',
  'no-peers': 'no peers yet',
  'no-work': 'no tasks at the moment',
  'no-credits': 'no credits left',
  probation: 'proving itself',
  gpc: 'your privacy signal is respected',
  embedded: 'not in an embedded frame',
  mobile: 'not on a phone',
};

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'off';

const TONES: { readonly [Name in Status]?: Tone } = {
  idle: 'good', following: 'good', working: 'busy', loading: 'busy', connecting: 'busy', paused: 'warn', offline: 'warn', unsupported: 'bad', error: 'bad',
};

export function toneOf({ status }: NodeState): Tone {
  return TONES[status] ?? 'off';
}

export function describeState({ status, reasons, progress }: NodeState): string {
  const why = reasons.map((reason) => REASON_WORDS[reason]);
  const got = progress && progress.total > 0 ? [`${progress.phase} ${Math.round((100 * progress.loaded) / progress.total)} %`] : [];
  return [STATUS_WORDS[status], ...why, ...got].join(', ');
}

/** Up to three decimals: small tasks cost thousandths. */
export function credits(amount: number): string {
  return count(Number(amount.toFixed(Math.abs(amount) < 1_000 ? 3 : 0)));
}

/** With a comma between thousands. `toLocaleString` would have a phone load its language data, a long task on its own. */
export function count(amount: number): string {
  return String(amount).replace(/^(-?\d+)/u, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/gu, ','));
}

/** @param ms a duration */
export function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1_000)} s`;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function shortId(id: string): string {
  return id.length > 12 ? `${id.slice(0, 6)}…${id.slice(-4)}` : id;
}
