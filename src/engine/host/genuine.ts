/** Certified records that came by message get the graph's own guard, and its memory of what held before. */
import type { Certified } from '../core/record.js';
import type { Guard } from '../guard.js';

export async function isGenuine(guard: Guard, record: Certified): Promise<boolean> {
  const place = guard.place({ topic: 'ledger', record });
  return place !== undefined && !('fault' in (await guard.check(place.soul, place.key, place.text)));
}
