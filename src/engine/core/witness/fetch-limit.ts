/** Results are megabytes, and asking for them costs a hundred bytes: an escrow is answered for twice a second at most. */
import type { Id, NodeId } from '../record.js';
import type { Turn } from './state.js';

/** Less than a submitter waits before it asks again. */
const FETCH_INTERVAL_MS = 500;

export function isFetchDue({ witness: { fetchedAt }, now }: Turn, from: NodeId, escrow: Id): boolean {
  // Oldest first: what is over goes, and whoever floods is bounded by what a link carries in the interval.
  for (const [oldest, at] of fetchedAt) {
    if (now - at < FETCH_INTERVAL_MS) break;
    fetchedAt.delete(oldest);
  }
  const key = `${from}/${escrow}`;
  if (fetchedAt.has(key)) return false;
  fetchedAt.set(key, now);
  return true;
}
