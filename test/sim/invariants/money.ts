import type { Ledger } from '../../../src/engine/core/ledger/ledger.js';
import { stateHash } from '../../../src/engine/core/ledger/state-hash.js';
import { epochOf, replicas, type Invariant, type World } from './invariant.js';

/** granted + minted - (spendable + pending + escrowed + staked + burned): zero, always. */
export function imbalance(ledger: Ledger, epoch: number): number {
  const { granted, minted, spendable, pending, escrowed, staked, burned } = ledger.totals(epoch);
  return granted + minted - (spendable + pending + escrowed + staked + burned);
}

export const conservation: Invariant = {
  id: 'I1',
  claim: 'granted + minted = spendable + pending + escrowed + staked + burned on every replica, after every change',
  watch(world, violated) {
    const sizes = new Map<string, number>();
    const nodes = new Map([world.witness, ...world.peers].map((node) => [node.id, node]));
    const check = (name: string, ledger: Ledger): void => {
      const off = imbalance(ledger, epochOf(world));
      if (off !== 0) violated(`${name} is off by ${off} micro-credits`);
    };
    return {
      see(sighting) {
        if (sighting.saw !== 'step') return;
        const ledger = nodes.get(sighting.by)?.state?.ledger;
        if (!ledger || sizes.get(sighting.by) === ledger.size) return;
        sizes.set(sighting.by, ledger.size);
        check(world.nameOf(sighting.by), ledger);
      },
      end: () => replicas(world).forEach(({ name, ledger }) => check(name, ledger)),
    };
  },
};

export const noDebts: Invariant = {
  id: 'I3',
  claim: 'no account is ever negative in the witness\'s books, and none on any replica in the end',
  watch(world, violated) {
    return {
      see(sighting) {
        const ledger = world.witness.state?.ledger;
        if (sighting.saw !== 'published' || sighting.value.topic !== 'ledger' || !ledger || world.witness.state!.missing.size > 0) return;
        const { author } = JSON.parse(sighting.value.record.b) as { author?: string };
        if (author !== undefined) checkAccount(world, 'the witness', ledger, author, violated);
      },
      end() {
        for (const { name, ledger } of replicas(world)) {
          for (const [account] of ledger.purses()) checkAccount(world, name, ledger, account, violated);
        }
      },
    };
  },
};

function checkAccount(world: World, replica: string, ledger: Ledger, account: string, violated: (how: string) => void): void {
  const balances = ledger.balances(account, epochOf(world));
  for (const [pool, amount] of Object.entries(balances)) {
    if (amount < 0) violated(`${world.nameOf(account)} has ${amount} ${pool} on ${replica}`);
  }
}

export const sameEntriesSameHash: Invariant = {
  id: 'I5',
  claim: 'replicas with the same entries have the same state hash, and in the end all have the same',
  watch(world, violated) {
    return {
      end() {
        const hashes = new Map<string, string>();
        for (const { name, ledger } of replicas(world)) {
          const entries = ledger.digestTotal().hash;
          const hash = stateHash(ledger);
          const other = hashes.get(entries);
          if (other !== undefined && other !== hash) violated(`${name} has the entries of others and another state`);
          hashes.set(entries, hash);
        }
        if (hashes.size > 1) violated(`${hashes.size} different sets of entries are left`);
      },
    };
  },
};
