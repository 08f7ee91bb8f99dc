import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sha256Id, toBase64url, utf8 } from '../../src/engine/core/encoding.js';
import { buildCheckpoint, checkpointEpoch, topEarners, verifyAgainst } from '../../src/engine/core/ledger/checkpoint.js';
import { Ledger } from '../../src/engine/core/ledger/ledger.js';
import { merkleRoot } from '../../src/engine/core/ledger/merkle.js';
import { multiplierPpm } from '../../src/engine/core/ledger/multiplier.js';
import { graphKey, parseCheckpoint, parseHeader } from '../../src/engine/core/ledger/parse.js';
import { stateHash } from '../../src/engine/core/ledger/state-hash.js';
import type { RosterHeader } from '../../src/engine/core/message.js';
import type { Rec } from '../../src/engine/core/record.js';
import { alice, bob, carol, certified, idOf, network, open, parsed, records, SIGNATURE, site, transfer, witness } from './ledger-fixture.js';

const hour = 50;
const epoch = checkpointEpoch(hour, network.parameters);
const options = { net: network.net, hour, prev: '', mPpm: 10_000_000, cap: 0, epoch } as const;

function ledgerOf(set: readonly Rec[]): Ledger {
  const ledger = new Ledger(network);
  certified(set).forEach((signed, at) => ledger.add(parsed(set[at]!), signed));
  return ledger;
}

const header: RosterHeader = {
  kind: 'roster', net: network.net, witness, session: 'a session', epoch: 100, at: 3_000_000, roster: sha256Id('roster'), size: 2,
  secretHash: sha256Id('secret'), revealed: { epoch: 99, secret: sha256Id('last secret') }, ledger: { count: 0, hash: sha256Id('') },
};
const signed = (body: object): { b: string; s: string } => ({ b: JSON.stringify(body), s: SIGNATURE });

test('the multiplier is 1 + 9 e^(-x/10^6) in millionths, where its users know it', () => {
  // Independent values: 9 e^-0.5, 9 e^-1 and 9 e^-5 to nine digits (e^-0.5 = 0.606530660, e^-1 = 0.367879441, e^-5 = 0.006737947).
  const known: readonly (readonly [number, number])[] = [
    [0, 10_000_000], [500_000, 6_458_776], [1_000_000, 4_310_915], [5_000_000, 1_060_642], [100_000_000, 1_000_000], [Number.MAX_SAFE_INTEGER, 1_000_000],
  ];
  for (const [hours, ppm] of known) assert.equal(multiplierPpm(hours), ppm);
});

test('the multiplier agrees with floating point to the millionth, and never rises', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40_000_000 }), (hours) => {
      const exact = 1e6 + 9e6 * Math.exp(-hours / 1e6);
      assert.ok(Math.abs(multiplierPpm(hours) - exact) <= 0.5 + 1e-6);
      assert.ok(multiplierPpm(hours + 1) <= multiplierPpm(hours));
    }),
  );
});

test('a checkpoint commits to heads, state, totals, work and earners', () => {
  const chain = [open, { ...transfer, seq: 1, prev: idOf(open) }, { ...open, author: bob }, ...records.slice(6)];
  const ledger = ledgerOf(chain);
  const checkpoint = buildCheckpoint(ledger, options);
  const heads = [[alice, 1, idOf(chain[1]!)], [bob, 0, idOf(chain[2]!)]].map((head) => head.join(' ')).sort();
  assert.equal(checkpoint.root, toBase64url(merkleRoot(heads.map(utf8))));
  assert.equal(checkpoint.heads, 2);
  assert.equal(checkpoint.state, stateHash(ledger));
  assert.deepEqual(checkpoint.totals, ledger.totals(100));
  assert.equal(checkpoint.fuel, 1);
  assert.deepEqual(checkpoint.top, [{ account: bob, earned: 290 }, { account: site, earned: 200 }, { account: carol, earned: 70 }]);
  assert.deepEqual(topEarners(ledger, 1), [{ account: bob, earned: 290 }]);
});

test('another replica agrees, and names what it would not have signed', () => {
  const checkpoint = buildCheckpoint(ledgerOf(records), options);
  const replica = ledgerOf([...records].reverse());
  assert.deepEqual(verifyAgainst(replica, JSON.parse(JSON.stringify(checkpoint)), epoch), []);
  assert.deepEqual(verifyAgainst(replica, { ...checkpoint, root: sha256Id('x'), top: [] }, epoch), ['root', 'top']);
  assert.deepEqual(verifyAgainst(ledgerOf(records.slice(0, 8)), checkpoint, epoch), ['state', 'totals']);
});

test('an hour\'s epoch is the one in which it begins', () => {
  assert.equal(checkpointEpoch(1, { checkpointMs: 3_600_000, epochMs: 30_000 }), 120);
  assert.equal(checkpointEpoch(3, { checkpointMs: 50_000, epochMs: 30_000 }), 5);
});

test('a signed checkpoint is parsed strictly, for a witness to have signed', () => {
  const body = buildCheckpoint(ledgerOf(records), options);
  const result = parseCheckpoint(signed(body), network);
  assert.ok(result.ok);
  assert.deepEqual(result.checkpoint, body);
  assert.deepEqual(result.checks, [{ by: witness, body: JSON.stringify(body), s: SIGNATURE }]);
  assert.deepEqual(graphKey(network, { topic: 'checkpoint', ...result }), {
    soul: `en1/${network.net}/checkpoint/1970010100/0`, key: `${witness}:${idOf(body)}`,
  });
  for (const change of [{ net: sha256Id('x') }, { hour: -1 }, { hour: 2 ** 52 }, { note: 1 }, { totals: { ...body.totals, burned: 1 } }, { kind: 'roster' }, { top: [{}] }])
    assert.ok(!parseCheckpoint(signed({ ...body, ...change }), network).ok, JSON.stringify(change));
  assert.ok(!parseCheckpoint(signed(body), network, bob).ok);
});

test('a signed roster header is parsed strictly, by a witness of the descriptor', () => {
  const result = parseHeader(signed(header), network);
  assert.ok(result.ok);
  assert.deepEqual(result.header, header);
  assert.deepEqual(result.checks, [{ by: witness, body: JSON.stringify(header), s: SIGNATURE }]);
  assert.deepEqual(graphKey(network, { topic: 'roster', ...result }), { soul: `en1/${network.net}/roster/1970010100/0`, key: `${witness}:${idOf(header)}` });
  assert.ok(parseHeader(signed({ ...header, revealed: null }), network).ok);
  for (const change of [{ witness: bob }, { net: sha256Id('x') }, { epoch: 2 ** 52 }, { revealed: 1 }, { note: 1 }, { ledger: {} }])
    assert.ok(!parseHeader(signed({ ...header, ...change }), network).ok, JSON.stringify(change));
  for (const junk of [null, {}, { b: 1, s: SIGNATURE }, { b: '{}', s: '' }, { ...signed(header), c: 1 }, { b: '\ud800', s: SIGNATURE }])
    assert.ok(!parseHeader(junk as never, network).ok && !parseCheckpoint(junk as never, network).ok);
});
