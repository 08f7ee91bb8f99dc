/** When a simulated network has come to rest: nothing is under way, and every replica holds the same. */
import type { World } from './invariants/invariant.js';

/** What is still under way, or undefined. */
export function restlessness({ witness, peers, nameOf }: World): string | undefined {
  const { state } = witness;
  if (!state || !witness.isUp) return 'the witness is down';
  if (state.missing.size > 0) return `the witness misses ${state.missing.size} records that it signed`;
  if (state.queue.length + state.settlements.length > 0 || state.batch) return 'the witness is certifying';
  const open = state.ledger.openEscrows().length;
  if (open > 0) return `${open} escrows are open`;
  const held = [...state.tasks].find(([, { end }]) => end === undefined);
  if (held) return `the witness holds task ${held[0]} open`;
  const { hash, count } = state.ledger.digestTotal();
  for (const peer of peers) {
    const name = nameOf(peer.id);
    if (!peer.isUp || !peer.state) return `${name} is down`;
    const { link, chain, submissions, jobs, ledger } = peer.state;
    if (!link.ready) return `${name} is not connected`;
    if (chain.inFlight) return `${name} still sends record ${chain.inFlight.id}`;
    if (chain.drafts.length > 0) return `${name} has records to write`;
    const waiting = [...submissions.values()].find(({ phase }) => phase !== 'over');
    if (waiting) return `${name} has a task that is ${waiting.phase}`;
    const job = [...jobs.values()][0];
    if (job) return `${name} has a job that is ${job.phase}`;
    const own = ledger.digestTotal();
    if (own.hash !== hash) return `${name} holds ${own.count} records of ${count}`;
  }
  return undefined;
}
