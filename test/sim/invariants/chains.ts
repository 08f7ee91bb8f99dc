import { recordKey } from '../../../src/engine/core/ledger/entry.js';
import { sha256Id } from '../../../src/engine/core/encoding.js';
import type { Refusal } from '../../../src/engine/core/message.js';
import type { AuthoredRecord, Rec } from '../../../src/engine/core/record.js';
import { replicas, type Invariant } from './invariant.js';

export const oneEntryAKey: Invariant = {
  id: 'I4',
  claim: 'one certified record at each place of a chain and for each escrow, signed only after it was logged',
  watch(world, violated) {
    const certified = new Map<string, string>();
    const logged = new Map<string, string>();
    return {
      see(sighting) {
        if (sighting.saw === 'written' && sighting.area === 'vault') {
          for (const [key, value] of sighting.writes) {
            if (key.startsWith('log/') && typeof value === 'string') logged.set(key.slice('log/'.length), (JSON.parse(value) as { id: string }).id);
          }
        }
        if (sighting.saw !== 'published' || sighting.value.topic !== 'ledger') return;
        const { b } = sighting.value.record;
        const key = recordKey(JSON.parse(b) as Rec);
        const id = sha256Id(b);
        if ((certified.get(key) ?? id) !== id) violated(`two records are certified at ${key}`);
        certified.set(key, id);
        if (logged.get(key) !== id) violated(`${key} was signed and is not in the signing log`);
      },
      end() {
        for (const { name, ledger } of replicas(world)) {
          if (ledger.broken.size + ledger.forked.size > 0) violated(`${name} holds contradicting records`);
        }
      },
    };
  },
};

export const noSelfForks: Invariant = {
  id: 'I6',
  claim: 'no honest node signs two records for one place of its chain, unless the first was refused',
  watch(world, violated) {
    const sent = new Map<string, string>();
    const refused = new Set<string>();
    return {
      see(sighting) {
        if (sighting.saw !== 'sent') return;
        const { message } = sighting;
        if (message.t === 'refused') refused.add((JSON.parse(message.p.b) as Refusal).record);
        if (message.t !== 'record' && message.t !== 'escrow') return;
        const { author, seq } = JSON.parse(message.r.b) as AuthoredRecord;
        const place = `${author}:${seq}`;
        const id = sha256Id(message.r.b);
        const before = sent.get(place);
        if (before !== undefined && before !== id && !refused.has(before)) violated(`${world.nameOf(author)} signed two records at ${seq}`);
        sent.set(place, id);
      },
    };
  },
};
