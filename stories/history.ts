/** What ran in the stories. */
import type { HistoryEntry, TaskKind } from '../src/elements/edge-net.js';
import { NOW } from './stage.js';

const KINDS: readonly TaskKind[] = ['embedding', 'vector_search', 'vector_insert', 'semantic_match', 'neural_inference', 'encryption', 'compression', 'custom_wasm'];
const OUTCOMES: readonly HistoryEntry['outcome'][] = ['paid', 'paid', 'running', 'unpaid', 'failed', 'resolved', 'refunded', 'paid'];
const key = (letter: string) => letter.repeat(43);

export function entry(index: number, more: Partial<HistoryEntry> = {}): HistoryEntry {
  const outcome = OUTCOMES[index % OUTCOMES.length]!;
  const isBought = outcome === 'resolved' || outcome === 'refunded';
  return {
    taskId: `task-${index}-${'t'.repeat(14)}`, kind: KINDS[index % KINDS.length]!, role: isBought ? 'submitter' : 'worker', parties: [key('QRSTUVWX'[index % 8]!)], at: NOW - index * 47 * 60_000,
    busyMs: 12 + index * 333, credits: outcome === 'paid' || isBought ? (index + 1) * 0.35 : 0, outcome, items: index % 3 === 0 ? 1 : index * 7, bytes: 900 * (index + 1) ** 2, digest: outcome === 'running' ? '' : key('d'),
    certificate: outcome === 'running' ? null : { escrow: key('e'), settlement: key('s'), witnesses: [key('w')] }, latencyMs: isBought ? 640 : 0, ...more,
  };
}

export const HISTORY: readonly HistoryEntry[] = Array.from({ length: 8 }, (_, index) => entry(index));
