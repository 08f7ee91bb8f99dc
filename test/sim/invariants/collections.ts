import type { Rec } from '../../../src/engine/core/record.js';
import { replicas, type Invariant } from './invariant.js';

export const shardsHandedOn: Invariant = {
  id: 'I16',
  claim: 'a list of holders keeps somebody of the one before, as long as there is content to lose, and never names the owner',
  watch(world, violated) {
    return {
      see(sighting) {
        const ledger = world.witness.state?.ledger;
        if (sighting.saw !== 'published' || sighting.value.topic !== 'ledger' || !ledger) return;
        const record = JSON.parse(sighting.value.record.b) as Rec;
        if (record.kind !== 'hold') return;
        const { collection, shard, turn, holders } = record;
        const view = ledger.collection(collection);
        const before = ledger.bySlot(`hold:${collection}:${shard}:${turn - 1}`)?.record;
        if (view && holders.includes(view.owner)) violated(`the owner holds shard ${shard} of ${collection}`);
        if (before?.kind !== 'hold' || !view?.record.shards[shard]?.hash) return;
        if (!before.holders.some((node) => holders.includes(node))) violated(`turn ${turn} of shard ${shard} of ${collection} has nobody who could have it`);
      },
    };
  },
};

export const depositsLast: Invariant = {
  id: 'I17',
  claim: 'no collection pays more than was laid by for it, and one that is over has nothing left',
  watch(world, violated) {
    return {
      end() {
        for (const { name, ledger } of replicas(world)) {
          for (const { id, deposit, released } of ledger.collections()) {
            if (deposit < 0 || (released && deposit > 0)) violated(`${id} has ${deposit} left on ${name}, ${released ?? 'and goes on'}`);
          }
        }
      },
    };
  },
};
