/** A small network and well-formed records for the ledger's tests. Signatures are shaped like signatures, and no more. */
import { sha256Id } from '../../src/engine/core/encoding.js';
import { certify } from '../../src/engine/core/ledger/certificate.js';
import type { ParsedRecord } from '../../src/engine/core/ledger/entry.js';
import { DEVELOPMENT_PARAMETERS, type Network } from '../../src/engine/core/network.js';
import type { Assignment, Certified, CollectionRecord, EscrowRecord, HoldRecord, Id, NodeId, Rec, ReleaseRecord, RentRecord, SettleRecord, Signed } from '../../src/engine/core/record.js';

export const SIGNATURE = 'A'.repeat(86);

/** Any name as a key. */
export const key = (name: string): NodeId => sha256Id(`key of ${name}`);

export const [witness, alice, bob, carol, site, founder] = ['witness', 'alice', 'bob', 'carol', 'site', 'founder'].map(key) as [
  NodeId, NodeId, NodeId, NodeId, NodeId, NodeId,
];

export const network: Network = {
  net: sha256Id('a network'),
  name: 'test',
  founder,
  grants: [{ account: alice, amount: 1_000_000_000 }],
  number: 1,
  witnesses: [{ node: witness, box: key('witness box') }],
  parameters: { ...DEVELOPMENT_PARAMETERS, openBits: 0 },
  relays: [],
  kernels: { embedding: 1 },
};

export const common = { epoch: 100, net: network.net };

export const open = { kind: 'open', ...common, author: alice, seq: 0, prev: '', pow: 0, site, share: 500_000 } as const satisfies Rec;
export const escrow: EscrowRecord = {
  kind: 'escrow', ...common, author: alice, seq: 1, prev: sha256Id('previous'), amount: 1_000, task: 'A'.repeat(22), type: 'embedding',
  version: 1, k: 2, priority: 'normal', deadline: 10_000, inC: sha256Id('ciphertext'), inSize: 100, keyC: sha256Id('content key'),
  resultKey: key('result'), meter: { price: 500, fuel: 1_000 },
};
export const transfer = { kind: 'transfer', ...common, author: alice, seq: 2, prev: sha256Id('previous'), to: bob, amount: 300, memo: 'thanks' } as const satisfies Rec;
export const bond = { kind: 'bond', ...common, author: alice, seq: 3, prev: sha256Id('previous'), amount: 200 } as const satisfies Rec;
export const unbond = { ...bond, kind: 'unbond', seq: 4, amount: 150 } as const satisfies Rec;
export const name = { kind: 'name', ...common, author: alice, seq: 5, prev: sha256Id('previous'), name: 'example.org' } as const satisfies Rec;
export const settle: SettleRecord = {
  kind: 'settle', ...common, escrow: sha256Id(JSON.stringify(escrow)), submitter: alice, amount: 1_000, refund: 500, burn: 50,
  pay: [{ to: bob, amount: 225, stake: false, why: 'work' }, { to: bob, amount: 25, stake: true, why: 'work' }, { to: site, amount: 200, stake: false, why: 'site' }],
  mint: [{ to: carol, amount: 70, stake: false, why: 'audit' }], slash: [{ who: carol, amount: 30 }], fuel: 1_500_000, mPpm: 10_000_000,
  slots: [{ who: bob, ok: true }, { who: carol, ok: false }],
};
export const uptime = { kind: 'uptime', ...common, account: bob, hour: 0, mint: [{ to: bob, amount: 40, stake: false, why: 'uptime' }] } as const satisfies Rec;
export const grant = { kind: 'grant', ...common, account: bob, amount: 5_000 } as const satisfies Rec;
export const collection: CollectionRecord = {
  kind: 'collection', ...common, author: alice, seq: 6, prev: sha256Id('previous'), collection: '', amount: 900, name: 'books', dims: 3, metric: 'cos',
  scalar: 'f32', replicas: 2, access: 'owner', shards: [{ hash: '', size: 0, rows: 0 }],
};
export const hold: HoldRecord = {
  kind: 'hold', ...common, collection: sha256Id(JSON.stringify(collection)), shard: 0, turn: 0, holders: [bob, carol], roster: sha256Id('roster'), seed: sha256Id('seed'),
};
export const rent: RentRecord = {
  kind: 'rent', ...common, collection: hold.collection, owner: alice, shard: 0, period: 7, amount: 100, burn: 10,
  pay: [{ to: bob, amount: 45, stake: false, why: 'storage' }, { to: carol, amount: 45, stake: true, why: 'storage' }],
};
export const release: ReleaseRecord = { kind: 'release', ...common, collection: hold.collection, owner: alice, amount: 800, why: 'closed' };

/** One of each kind that has nothing to do with collections, and one of each that has. */
export const records: readonly Rec[] = [open, escrow, transfer, bond, unbond, name, settle, uptime, grant];
export const collectionRecords: readonly Rec[] = [collection, hold, rent, release];

export const assignment: Assignment = {
  epoch: 100, at: 3_000_000, roster: sha256Id('roster'), seed: sha256Id('seed'), k: 2,
  ranks: [{ node: bob, box: key('bob box') }, { node: carol, box: key('carol box') }],
};

export function sign(body: object): Signed {
  return { b: JSON.stringify(body), s: 'author' in body ? SIGNATURE : '' };
}

export function parsed(record: Rec): ParsedRecord {
  return { ...record, id: idOf(record) };
}

export function idOf(body: object): Id {
  return sha256Id(JSON.stringify(body));
}

/** A batch certified by the network's one witness; escrows get `assignment`. */
export function certified(batch: readonly Rec[]): Certified[] {
  const items = batch.map((record) => ({ id: idOf(record), ...(record.kind === 'escrow' ? { x: JSON.stringify(assignment) } : {}) }));
  const { certificates } = certify(network.net, items);
  return batch.map((record, at) => ({ ...sign(record), c: { ...certificates[at]!, sigs: [{ by: witness, s: SIGNATURE }] } }));
}
