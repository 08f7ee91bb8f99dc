/** Every invariant that one run can show. I15, same seed and same trace, needs two. */
import { noSelfForks, oneEntryAKey } from './chains.js';
import { depositsLast, shardsHandedOn } from './collections.js';
import type { Invariant } from './invariant.js';
import { conservation, noDebts, sameEntriesSameHash } from './money.js';
import { nothingRunsWhilePaused } from './pause.js';
import { escrowsEndOnce, nobodySlashed, rightWorkersPaid } from './tasks.js';

/** A defect in a machine drops its event and nothing else, so that it would go unseen. */
const noFaults: Invariant = {
  id: 'I0',
  claim: 'no machine throws',
  watch: (world, violated) => ({
    see(sighting) {
      if (sighting.saw === 'fault') violated(`${world.nameOf(sighting.by)}: ${sighting.error instanceof Error ? sighting.error.stack : String(sighting.error)}`);
    },
  }),
};

export const INVARIANTS: readonly Invariant[] = [
  noFaults, conservation, noDebts, oneEntryAKey, sameEntriesSameHash, noSelfForks, escrowsEndOnce, rightWorkersPaid, nobodySlashed, nothingRunsWhilePaused,
  shardsHandedOn, depositsLast,
];
