/** Phases, amounts and failures in a visitor's words. */
import type { EdgeNetErrorCode, Quote } from '../../engine/index.js';
import type { UNITS } from '../messages/en/log.js';
import type { TASK } from '../messages/en/task.js';
import { isKind } from '../log/log-words.js';
import type { Words } from '../shared/wording.js';

export type TaskWords = Words<typeof TASK & typeof UNITS>;

const PHASES = {
  starting: 'starting', accepted: 'accepted', running: 'running', results: 'results', vectors: 'collection', shards: 'collection', model: 'model',
  embed: 'local', search: 'local', insert: 'local', compress: 'local', decompress: 'local', encrypt: 'local', decrypt: 'local', simulate: 'local', run: 'local',
} as const;

/** What a visitor is told of each code; those that are left out are of the page's set-up, which its owner has to mend. */
const ERRORS: { readonly [Code in EdgeNetErrorCode]?: Failure } = {
  'bad-input': 'input', 'payload-too-large': 'large', 'limit-exceeded': 'failed', 'kernel-failed': 'failed',
  'relay-unreachable': 'network', 'relay-rejected': 'network', 'no-workers': 'workers', 'queue-full': 'workers', 'rate-limited': 'workers', paused: 'workers',
  'insufficient-credits': 'credits', 'over-budget': 'budget', 'no-consensus': 'consensus', timeout: 'timeout', closed: 'closed',
  'consent-missing': 'consent', 'consent-denied': 'consent', 'storage-blocked': 'storage', 'storage-full': 'storage', 'storage-corrupt': 'storage',
  'clock-skew': 'clock', 'identity-busy': 'account', 'account-frozen': 'account', 'model-missing': 'model', 'model-mismatch': 'model',
};
type Failure =
  | 'input' | 'large' | 'network' | 'workers' | 'credits' | 'budget' | 'consensus' | 'failed' | 'timeout' | 'closed' | 'consent' | 'storage' | 'clock' | 'account' | 'model';

export function headingOf(t: TaskWords, type: string): string {
  return isKind(type) ? t(`task.heading.${type}`) : t('task.heading.other');
}

/** A phase of a later version is simply under way. */
export function describePhase(t: TaskWords, phase: string): string {
  return Object.hasOwn(PHASES, phase) ? t(`task.phase.${PHASES[phase as keyof typeof PHASES]}`) : t('task.phase.other');
}

/** "2.5 credits" */
export function describeAmount(t: TaskWords, credits: number): string {
  return t.plural('task.credits', credits, { count: t.number(credits, credits < 1_000 ? 3 : 0) });
}

export function describeQuote(t: TaskWords, { cost, redundancy }: Quote): string {
  return t.plural('task.price', redundancy, { credits: describeAmount(t, cost) });
}

/** @param code '' for what is no failure of ours */
export function describeFailure(t: TaskWords, code: string): string {
  if (code === '') return t('task.error.other');
  const failure = Object.hasOwn(ERRORS, code) ? ERRORS[code as EdgeNetErrorCode] : undefined;
  return failure ? t(`task.error.${failure}`) : t('task.error.setup');
}
