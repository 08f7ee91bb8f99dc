import assert from 'node:assert/strict';
import { generateKeyPairSync, sign as signBytes, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { sha256Id } from '../../src/engine/core/encoding.js';
import { certificateBody, certificateChecks, certify, leafOf, quorum } from '../../src/engine/core/ledger/certificate.js';
import { hourName } from '../../src/engine/core/ledger/graph-key.js';
import { graphKey, guardChecks, parseRecord, recordChecks } from '../../src/engine/core/ledger/parse.js';
import { AMOUNT_MAX } from '../../src/engine/core/ledger/record-shapes.js';
import type { Network } from '../../src/engine/core/network.js';
import type { Certified, Rec, Signed } from '../../src/engine/core/record.js';
import { alice, assignment, bob, certified, collectionRecords, escrow, grant, idOf, key, network, open, records as others, settle, sign, SIGNATURE, transfer, uptime, witness } from './ledger-fixture.js';

type Json = Readonly<Record<string, unknown>>;

const records = [...others, ...collectionRecords];

/** Whether a record of these fields passes, as JSON text says it. */
function passes(fields: object, where: Network = network): boolean {
  const result = parseRecord(sign(fields), where);
  if (!result.ok) assert.equal(result.code, 'bad-input');
  return result.ok;
}

function guard(body: Rec, change: (signed: Certified) => unknown = (signed) => signed, where = network): string {
  const result = guardChecks(where, change(certified([body])[0]!) as Certified);
  return result.ok ? 'ok' : result.message;
}

for (const record of records) {
  test(`${record.kind}: a proper one passes, with its id`, () => {
    const result = parseRecord(sign(record), network);
    assert.deepEqual(result, { ok: true, record: { ...record, id: sha256Id(JSON.stringify(record)) } });
  });

  test(`${record.kind}: every field is needed and of its type, and no other may be there`, () => {
    for (const field of Object.keys(record)) {
      const { [field]: _, ...rest } = record as unknown as Json;
      assert.equal(passes(rest), field === 'memo', `without ${field}`);
      for (const value of [null, true, -1, 1.5, 2 ** 53, {}, [[]], 'x'.repeat(300), '\ud800'])
        assert.ok(!passes({ ...record, [field]: value }), `${field}: ${JSON.stringify(value)}`);
    }
    assert.ok(!passes({ ...record, id: 'A' }));
    assert.ok(!parseRecord({ ...sign(record), b: JSON.stringify(record).replace('{', '{"__proto__":{},') }, network).ok);
  });

  test(`${record.kind}: certified, it leaves only signatures to check`, () => {
    const batch = certified(records);
    const signed = batch[records.indexOf(record)]!;
    const result = guardChecks(network, signed);
    assert.ok(result.ok);
    assert.deepEqual(result.assignment, record.kind === 'escrow' ? assignment : undefined);
    const author = 'author' in record ? [{ by: alice, body: signed.b, s: SIGNATURE }] : [];
    assert.deepEqual(result.checks, [...author, { by: witness, body: certificateBody(network.net, signed.c.root), s: SIGNATURE }]);
  });
}

test('rules beyond one field', () => {
  const refused: readonly (readonly [string, object])[] = [
    ['another network', { ...transfer, net: sha256Id('elsewhere') }],
    ['an unknown kind', { ...transfer, kind: 'gift' }],
    ['a kind of Object.prototype', { ...transfer, kind: 'constructor' }],
    ['an open record later in the chain', { ...open, seq: 1, prev: sha256Id('x') }],
    ['an open record with a predecessor', { ...open, prev: sha256Id('x') }],
    ['any other record at 0', { ...transfer, seq: 0, prev: '' }],
    ['no predecessor later', { ...transfer, prev: '' }],
    ['nothing moved', { ...transfer, amount: 0 }],
    ['more than one record may move', { ...transfer, amount: AMOUNT_MAX + 1 }],
    ['an epoch beyond the year 9999', { ...transfer, epoch: Number.MAX_SAFE_INTEGER }],
    ['a settlement that does not add up', { ...settle, refund: settle.refund + 1 }],
    ['two slots for one worker', { ...settle, slots: [...settle.slots, settle.slots[0]] }],
    ['an hour that has not begun', { ...uptime, hour: 1 }],
    ['more than the faucet grants', { ...grant, amount: network.parameters.faucet + 1 }],
    ['a second grant beside the descriptor\'s', { ...grant, account: alice }],
    ['a name that could be a key', { ...records[5], name: 'a'.repeat(43) }],
    ['a share above one', { ...open, share: 1_000_001 }],
    ['a text too long', { ...open, ref: 'x'.repeat(20_000) }],
  ];
  for (const [what, fields] of refused) assert.ok(!passes(fields), what);
  assert.ok(!parseRecord({ b: JSON.stringify(transfer), s: '' }, network).ok, 'unsigned');
  assert.ok(!parseRecord({ b: JSON.stringify(settle), s: SIGNATURE }, network).ok, 'signed by nobody');
});

test('an open record proves its work', () => {
  const strict: Network = { ...network, parameters: { ...network.parameters, openBits: 8 } };
  const proofs = Array.from({ length: 4_000 }, (_, pow) => ({ ...open, pow }));
  for (const proof of proofs) {
    const proven = Buffer.from(idOf(proof), 'base64url')[0] === 0;
    assert.equal(passes(proof, strict), proven);
  }
  assert.ok(proofs.some((proof) => passes(proof, strict)));
});

test('texts that UTF-8 cannot tell apart are refused, so an id names one text', () => {
  const b = JSON.stringify(transfer).replace('thanks', 'x\ud800');
  assert.equal(sha256Id(b), sha256Id(b.replace('\ud800', '\udfff')));
  assert.ok(!parseRecord({ b, s: SIGNATURE }, network).ok);
  // Of a field that is there twice JSON keeps the last: the first must not smuggle in what the hash cannot see.
  const doubled = JSON.stringify(transfer).replace('{', '{"memo":"x\ud800",');
  assert.ok(!parseRecord({ b: doubled, s: SIGNATURE }, network).ok);
  assert.ok(parseRecord({ b: doubled.replace('\ud800', ''), s: SIGNATURE }, network).ok);
});

test('whatever arrives, the guard answers and does not throw', () => {
  const seeds = certified(records).map((signed) => JSON.stringify(signed));
  const junk = fc.oneof(fc.jsonValue(), fc.anything());
  fc.assert(fc.property(junk, (value) => assert.ok(!parseRecord(value as Signed, network).ok && !guardChecks(network, value as Certified).ok)));
  fc.assert(
    fc.property(fc.constantFrom(...seeds), fc.nat(), fc.nat(), fc.string(), (text, at, length, patch) => {
      const start = at % text.length;
      const mutated = text.slice(0, start) + patch + text.slice(start + (length % 8));
      let value: unknown = mutated;
      try {
        value = JSON.parse(mutated);
      } catch {
        // Text that is no JSON stays text.
      }
      for (const result of [guardChecks(network, value as Certified), parseRecord({ b: mutated, s: SIGNATURE }, network)])
        assert.ok(result.ok || result.code === 'bad-input');
    }),
    { numRuns: 2_000 },
  );
});

test('any value in the place of any field is refused or still conserves value', () => {
  fc.assert(
    fc.property(fc.constantFrom(...records), fc.nat(), fc.jsonValue(), (record, pick, value) => {
      const fields = Object.keys(record);
      const field = fields[pick % fields.length]!;
      const result = parseRecord({ b: JSON.stringify({ ...record, [field]: value }), s: 'author' in record ? SIGNATURE : '' }, network);
      if (result.ok && result.record.kind === 'settle') {
        const { refund, burn, pay, amount } = result.record;
        assert.equal(pay.reduce((sum, each) => sum + each.amount, refund + burn), amount);
      }
    }),
  );
});

test('the signature covers the text alone', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const author = publicKey.export({ format: 'jwk' }).x!;
  const b = JSON.stringify({ ...transfer, author });
  const signed: Signed = { b, s: signBytes(null, Buffer.from(b), privateKey).toString('base64url') };
  const holds = (candidate: Signed): boolean => {
    const result = parseRecord(candidate, network);
    assert.ok(result.ok);
    return recordChecks(candidate, result.record).every((check) => verify(null, Buffer.from(check.body), publicKey, Buffer.from(check.s, 'base64url')));
  };
  assert.ok(holds(signed));
  assert.ok(holds({ ...signed, c: 'of no concern' } as Signed));
  assert.ok(!holds({ ...signed, b: b.replace('300', '301') }));
  assert.ok(!holds({ ...signed, b: `${b} ` }));
});

test('a certificate is about one record, by a quorum of distinct witnesses', () => {
  const change = (c: object) => (signed: Certified) => ({ ...signed, c: { ...signed.c, ...c } });
  assert.equal(guard(transfer), 'ok');
  const refused: readonly (readonly [string, (signed: Certified) => unknown])[] = [
    ['another root', change({ root: sha256Id('another') })],
    ['another place', change({ index: 1, size: 2 })],
    ['a longer path', change({ path: [sha256Id('sibling')] })],
    ['nobody signed', change({ sigs: [] })],
    ['somebody else signed', change({ sigs: [{ by: bob, s: SIGNATURE }] })],
    ['one signed twice', change({ sigs: [{ by: witness, s: SIGNATURE }, { by: witness, s: SIGNATURE }] })],
    ['an extra field', change({ note: '' })],
    ['an assignment where none belongs', change({ x: JSON.stringify(assignment) })],
    ['another record\'s', (signed) => ({ ...signed, ...sign({ ...transfer, amount: 1 }) })],
    ['a field beside', (signed) => ({ ...signed, state: 1 })],
    ['no certificate', ({ b, s }) => ({ b, s })],
  ];
  for (const [what, each] of refused) assert.notEqual(guard(transfer, each), 'ok', what);
  assert.deepEqual(certificateChecks(network, certified([transfer])[0]!), [
    { by: witness, body: certificateBody(network.net, certified([transfer])[0]!.c.root), s: SIGNATURE },
  ]);
});

test('2f+1 of 3f+1 witnesses, and any two quorums share an honest one', () => {
  for (let f = 0; f < 8; f++) assert.equal(quorum(3 * f + 1), 2 * f + 1);
  for (let n = 1; n < 30; n++) assert.ok(2 * quorum(n) - n > Math.floor((n - 1) / 3));
  const names = ['w1', 'w2', 'w3', 'w4'].map(key);
  const four: Network = { ...network, witnesses: names.map((node) => ({ node, box: node })) };
  const signedBy = (count: number) => (signed: Certified) => ({ ...signed, c: { ...signed.c, sigs: names.slice(0, count).map((by) => ({ by, s: SIGNATURE })) } });
  assert.notEqual(guard(transfer, signedBy(2), four), 'ok');
  assert.equal(guard(transfer, signedBy(3), four), 'ok');
});

test('an escrow\'s assignment is bound to it', () => {
  const assigned = (x: unknown, body: Rec = escrow): string =>
    guard(body, (signed) => {
      const text = typeof x === 'string' ? x : JSON.stringify(x);
      const { certificates } = certify(network.net, [{ id: idOf(body), x: text }]);
      return { ...signed, c: { ...certificates[0], sigs: signed.c.sigs } };
    });
  assert.equal(assigned(assignment), 'ok');
  assert.equal(assigned({ ...assignment, k: 1, ranks: assignment.ranks.slice(0, 1) }, { ...escrow, k: 0 }), 'ok');
  const [first, second] = assignment.ranks;
  const refused: readonly (readonly [string, unknown])[] = [
    ['no JSON', 'x'],
    ['fewer replicas', { ...assignment, k: 1 }],
    ['more replicas than ranks', { ...assignment, ranks: [first] }],
    ['a node twice', { ...assignment, ranks: [first, first, second] }],
    ['the submitter itself', { ...assignment, ranks: [first, second, { node: alice, box: key('a') }] }],
    ['an extra field', { ...assignment, note: '' }],
    ['another seed\'s length', { ...assignment, seed: 'A' }],
  ];
  for (const [what, x] of refused) assert.notEqual(assigned(x), 'ok', what);
  assert.notEqual(assigned({ ...assignment, k: 3 }, { ...escrow, k: 0 }), 'ok');
  assert.notEqual(guard(escrow, (signed) => ({ ...signed, c: { ...signed.c, x: JSON.stringify({ ...assignment, at: 1 }) } })), 'ok', 'not the certified text');
  const { x: _, ...bare } = certified([escrow])[0]!.c;
  assert.notEqual(guard(escrow, (signed) => ({ ...signed, c: bare })), 'ok', 'none');
});

test('a leaf is the id, and the hash of an assignment after it', () => {
  const id = sha256Id('a record');
  assert.equal(Buffer.from(leafOf(id)).toString('base64url'), id);
  assert.equal(Buffer.from(leafOf(id, 'x').subarray(32)).toString('base64url'), sha256Id('x'));
});

test('a record lies in the graph where its content says', () => {
  const at = (record: Rec): unknown => {
    const signed = certified([record])[0]!;
    const result = parseRecord(signed, network);
    assert.ok(result.ok);
    return graphKey(network, { topic: 'ledger', record: result.record, certified: signed });
  };
  const epoch = Date.UTC(2024, 1, 29, 23, 59) / network.parameters.epochMs;
  assert.deepEqual(at({ ...transfer, epoch }), { soul: `en1/${network.net}/ledger/2024022923/0`, key: `${alice}:${idOf({ ...transfer, epoch })}` });
  assert.deepEqual(at(settle), { soul: `en1/${network.net}/ledger/1970010100/0`, key: `${witness}:${idOf(settle)}` });
});

test('hours are named as Date names them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (at) => {
      assert.equal(hourName(at), new Date(at).toISOString().slice(0, 13).replaceAll(/\D/g, ''));
    }),
  );
});
