/**
 * Known bugs, brought back on purpose: each wraps a machine and spoils one thing. An invariant that lets
 * all of them pass checks nothing.
 */
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { Effect } from '../../src/engine/core/effect.js';
import type { SettleRecord } from '../../src/engine/core/record.js';
import type { Machines } from './population.js';
import { spoiledPeer, spoiledWitness } from './spoil.js';

export interface Mutant {
  readonly name: string;
  /** Ids of the invariants of which at least one must notice. */
  readonly caughtBy: readonly string[];
  readonly machines: Machines;
}

/** Rewrites settlements between decision and signature. */
function settleOtherwise(change: (settle: SettleRecord) => SettleRecord): Machines {
  return spoiledWitness({
    effects(effects, { settlements }) {
      settlements.forEach((item, at) => {
        const { id: _, ...record } = item.record as SettleRecord & { id: string };
        const changed = change(record);
        if (changed === record) return;
        const b = JSON.stringify(changed);
        settlements[at] = { ...item, record: { ...changed, id: sha256Id(b) }, signed: { b, s: '' } };
      });
      return effects;
    },
  });
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'an escrow that is settled is settled again at its deadline',
    caughtBy: ['I4', 'I7'],
    machines: spoiledWitness({
      event(event, { tasks, ledger, log }) {
        ledger.settlementOf = () => undefined;
        if (event.on === 'timer' && event.name === 'epoch') {
          for (const [escrow, task] of tasks) {
            task.end = undefined;
            log.delete(`settle:${escrow}`);
            for (const slot of task.slots.values()) if (slot.state === 'answered') slot.state = 'waiting';
          }
        }
        return event;
      },
      effects: (effects, { tasks }) => [...effects, ...[...tasks].flatMap(([escrow, { end }]): Effect[] => (end === undefined ? [{ do: 'timer', name: `deadline/${escrow}`, delayMs: 500 }] : []))],
    }),
  },
  {
    name: 'the witness signs without writing its log',
    caughtBy: ['I4'],
    machines: spoiledWitness({
      effects: (effects) => effects.flatMap((effect) => (effect.do === 'save' && effect.area === 'vault' && effect.writes.some(([key]) => key.startsWith('log/')) ? effect.then : [effect])),
    }),
  },
  {
    name: 'whoever answers is paid, agreed or not',
    caughtBy: ['I8'],
    machines: spoiledWitness({
      event: (event) => (event.on === 'receipt-read' && event.receipt ? { ...event, receipt: { ...event.receipt, digest: 'A'.repeat(43) } } : event),
    }),
  },
  {
    name: 'the refund at the deadline is forgotten',
    caughtBy: ['I7'],
    machines: spoiledWitness({ event: (event) => (event.on === 'timer' && /^(deadline|grace|silence)\//.test(event.name) ? undefined : event) }),
  },
  {
    name: 'the draw favours the first in the alphabet',
    caughtBy: ['I8'],
    machines: spoiledWitness({
      effects(effects, { queue, batch }) {
        for (const item of [...queue, ...(batch ?? [])]) {
          if (item.x === undefined) continue;
          const assignment = JSON.parse(item.x) as { ranks: { node: string }[] };
          assignment.ranks.sort((one, other) => (one.node < other.node ? -1 : 1));
          Object.assign(item, { x: JSON.stringify(assignment) });
        }
        return effects;
      },
    }),
  },
  {
    name: 'a settlement slashes whoever did not agree',
    caughtBy: ['I12'],
    machines: settleOtherwise((settle) => {
      const bad = settle.slots.find(({ ok }) => !ok);
      return bad ? { ...settle, slash: [{ who: bad.who, amount: 1 }] } : settle;
    }),
  },
  {
    name: 'a worker is paid twice out of the fee',
    caughtBy: ['I8'],
    machines: settleOtherwise((settle) => {
      const first = settle.pay.find(({ why }) => why === 'work');
      return first && settle.burn > 0 ? { ...settle, burn: 0, pay: [...settle.pay, { ...first, amount: settle.burn }] } : settle;
    }),
  },
  {
    name: 'a replica adds a micro-credit to each refund',
    caughtBy: ['I1'],
    machines: spoiledPeer({
      event(event, { ledger }) {
        if (event.on !== 'start') return event;
        const add = ledger.add.bind(ledger);
        ledger.add = (record, certified, assignment) => add(record.kind === 'settle' && record.refund > 0 ? { ...record, refund: record.refund + 1 } : record, certified, assignment);
        return event;
      },
    }),
  },
  {
    name: 'the witness certifies what the account does not have',
    caughtBy: ['I3'],
    machines: spoiledWitness({
      event(event, { ledger }) {
        if (event.on !== 'start') return event;
        const balances = ledger.balances.bind(ledger);
        ledger.balances = (account, epoch) => ({ ...balances(account, epoch), spendable: 1e12 });
        return event;
      },
    }),
  },
  {
    name: 'a peer forgets over a restart what it has signed',
    caughtBy: ['I6'],
    machines: spoiledPeer({ event: (event) => (event.on === 'start' ? { ...event, store: event.store.filter(([key]) => key !== 'chain') } : event) }),
  },
  {
    name: 'a pause stops nothing',
    caughtBy: ['I14'],
    machines: spoiledPeer({ event: (event) => (event.on === 'contribute' && event.capacity === 0 ? undefined : event) }),
  },
  {
    name: 'a machine throws now and then',
    caughtBy: ['I0'],
    machines: spoiledPeer({
      event(event) {
        if (event.on === 'ran') throw new Error('a defect');
        return event;
      },
    }),
  },
];
