import assert from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { encode } from '../../src/kernels/codec.js';
import { kernel } from '../../src/kernels/encryption/kernel.js';
import { manifest } from '../../src/kernels/encryption/manifest.js';
import { sealGcm } from '../../src/kernels/encryption/reference.js';
import { CHUNK_BYTES, SEALED_CHUNK_BYTES } from '../../src/kernels/encryption/stream.js';
import { context, longMessage, run } from './encryption-suite.js';

const EDGES = [0, 1, 15, 16, 17, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES - 1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 77];

const exactly = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const secrets = fc.record({ key: exactly(32), iv: exactly(12), aad: fc.uint8Array({ maxLength: 40 }) });
const refused = (payload: unknown, what?: string): Promise<void> => assert.rejects(run(payload), { name: 'KernelError', code: 'bad-input' }, what);
const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** Not random, but without a period that a chunk could hide in. */
function counted(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 131 + (i >> 8) + seed) & 0xff);
}

function chunksOf(sealed: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(sealed.length / SEALED_CHUNK_BYTES) }, (_, i) => sealed.subarray(i * SEALED_CHUNK_BYTES, (i + 1) * SEALED_CHUNK_BYTES));
}

/** The construction of stream.ts once more, from its docstring, with Node's HKDF and the plain AES-GCM. */
function sealReference(key: Uint8Array, iv: Uint8Array, data: Uint8Array, aad: Uint8Array): Uint8Array {
  if (data.length <= 65_536) return sealGcm(key, iv, data, aad);
  const derived = new Uint8Array(hkdfSync('sha256', key, iv, 'edge-net encryption stream 1', 39));
  const sealed: Uint8Array[] = [];
  for (let i = 0; i * 65_536 < data.length; i++) {
    const last = (i + 1) * 65_536 >= data.length ? 1 : 0;
    sealed.push(sealGcm(derived.subarray(0, 32), Uint8Array.of(...derived.subarray(32), 0, 0, 0, i, last), data.subarray(i * 65_536, (i + 1) * 65_536), aad));
  }
  return concat(...sealed);
}

test('gives the bytes of the plain reference', async () => {
  await fc.assert(
    fc.asyncProperty(secrets, fc.uint8Array({ maxLength: 200 }), async ({ key, iv, aad }, data) => {
      assert.deepEqual((await run({ op: 'encrypt', data, key, iv, aad })).data, sealGcm(key, iv, data, aad));
    }),
  );
  const { key, iv, aad } = longMessage();
  for (const length of [CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES]) {
    const data = counted(length, 5);
    assert.deepEqual((await run({ op: 'encrypt', data, key, iv, aad })).data, sealReference(key, iv, data, aad), `${length} bytes`);
  }
});

test('decrypts what it encrypted, at and around the edges of chunks', async () => {
  const lengths = fc.oneof(fc.constantFrom(...EDGES), fc.nat(4 * CHUNK_BYTES));
  await fc.assert(
    fc.asyncProperty(secrets, lengths, fc.nat(255), async ({ key, iv, aad }, length, seed) => {
      const payload = { op: 'encrypt', data: counted(length, seed), key, iv, aad };
      const sealed = await run(payload);
      assert.deepEqual(sealed.iv, iv);
      const opened = await run({ ...payload, op: 'decrypt', data: sealed.data });
      assert.deepEqual(opened.data, payload.data);
      assert.deepEqual(encode((await run(payload)).output), encode(sealed.output), 'same payload, same bytes');
      assert.equal(sealed.fuel, manifest.meter(manifest.normalise(payload)).fuel);
    }),
    { numRuns: 40, examples: EDGES.map((length): [ReturnType<typeof longMessage>, number, number] => [longMessage(), length, 0]) },
  );
});

test('uses no key stream twice: not in a message, not under neighbouring ivs, not in a short and a long one of the same iv', async () => {
  const { key } = longMessage();
  const seen = new Set<string>();
  let blocks = 0;
  // Of zeros, the key stream itself is what comes out.
  for (const low of [0, 1, 2, 3]) {
    for (const length of [CHUNK_BYTES, 3 * CHUNK_BYTES]) {
      const iv = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, low);
      const { data } = await run({ op: 'encrypt', data: new Uint8Array(length), key, iv });
      for (const chunk of chunksOf(data)) {
        for (let at = 0; at < CHUNK_BYTES; at += 16, blocks++) seen.add(Buffer.from(chunk.subarray(at, at + 16)).toString('latin1'));
      }
    }
  }
  assert.equal(seen.size, blocks);
});

test('refuses a message with any bit changed, and another key, iv or aad', async () => {
  const { key, iv, aad } = longMessage();
  const lengths = [0, 1, 100, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 50];
  const sealed = await Promise.all(lengths.map(async (length) => (await run({ op: 'encrypt', data: counted(length, 1), key, iv, aad })).data));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...sealed), fc.constantFrom('data' as const, 'key' as const, 'iv' as const, 'aad' as const), fc.nat(), async (data, field, place) => {
      const payload = { op: 'decrypt', data, key, iv, aad };
      const changed = payload[field].slice();
      const bit = place % (changed.length * 8);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      await refused({ ...payload, [field]: changed });
    }),
    { numRuns: 200 },
  );
  for (const data of sealed) await refused({ op: 'decrypt', data, key, iv }, 'without its aad');
});

test('refuses chunks that are missing, swapped, repeated, cut, appended, or another message’s', async () => {
  const { key, iv, aad } = longMessage();
  const seal = async (length: number, base = iv): Promise<Uint8Array[]> => chunksOf((await run({ op: 'encrypt', data: counted(length, 2), key, iv: base, aad })).data);
  const [a, b, c] = (await seal(2 * CHUNK_BYTES + 500)) as [Uint8Array, Uint8Array, Uint8Array];
  const [, other] = (await seal(2 * CHUNK_BYTES + 500, Uint8Array.from(iv, (byte) => byte ^ 1))) as [Uint8Array, Uint8Array];
  const [, longer] = (await seal(4 * CHUNK_BYTES)) as [Uint8Array, Uint8Array];
  const [whole] = (await seal(CHUNK_BYTES)) as [Uint8Array];
  const open = (...parts: readonly Uint8Array[]): Promise<void> => refused({ op: 'decrypt', data: concat(...parts), key, iv, aad }, `${parts.length} parts`);

  assert.deepEqual((await run({ op: 'decrypt', data: concat(a, b, c), key, iv, aad })).data, counted(2 * CHUNK_BYTES + 500, 2));
  // Equal plaintext at equal places under one key and iv is the same chunk: the one before the last is that of any longer message.
  assert.deepEqual(longer, b);

  await open(b, c);
  await open(a, c);
  await open(a, b);
  await open(a);
  await open(c);
  await open(b, a, c);
  await open(a, a, c);
  await open(a, b, b, c);
  await open(a, b, c, c);
  await open(a, b, c, a);
  await open(a, other, c);
  await open(whole, b, c);
  await open(a, b, c.subarray(0, c.length - 1));
  await open(a, b, c.subarray(0, 17));
  await open(a, b, c, Uint8Array.of(0));
  await open(a, b, c, new Uint8Array(SEALED_CHUNK_BYTES));
  await open(a, b.subarray(0, 40));
});

test('cuts at every length are refused', async () => {
  const { key, iv } = longMessage();
  const { data } = await run({ op: 'encrypt', data: counted(CHUNK_BYTES + 30, 3), key, iv });
  await fc.assert(fc.asyncProperty(fc.nat(data.length - 1), (length) => refused({ op: 'decrypt', data: data.subarray(0, length), key, iv })), {
    examples: [0, 15, 16, CHUNK_BYTES, SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES + 16, SEALED_CHUNK_BYTES + 17, data.length - 1].map((length): [number] => [length]),
  });
});

test('says the same of whatever does not open', async () => {
  const { key, iv } = longMessage();
  const messages = await Promise.all(
    [new Uint8Array(16), new Uint8Array(5_000), new Uint8Array(2 * SEALED_CHUNK_BYTES)].map((data) => run({ op: 'decrypt', data, key, iv }).then(() => '', (error: Error) => error.message)),
  );
  assert.match(messages[0]!, /`data` does not open.*`key`, `iv` or `aad`/);
  assert.equal(new Set(messages).size, 1);
});

test('breathes, reports its progress and stops when told to', async () => {
  const payload = { ...longMessage(), data: counted(2_000_000, 4) };
  const controller = new AbortController();
  const reports: [string, number, number][] = [];
  let breaths = 0;
  const surroundings = { signal: controller.signal, progress: (...report: [string, number, number]) => void reports.push(report), breathe: async () => void breaths++ };
  await run(payload, surroundings);
  assert.ok(breaths > 2 && breaths === reports.length);
  assert.deepEqual(reports.at(-1), ['encrypt', 2_000_000, 2_000_000]);

  await assert.rejects(run(payload, { ...surroundings, breathe: async () => controller.abort() }), { name: 'AbortError' });
});

test('a payload without an iv is not drawn one by the worker', async () => {
  const { data, key } = longMessage();
  await assert.rejects(kernel.run({ op: 'encrypt', data, key }, context()), { code: 'bad-input', message: /`iv`/ });
  await assert.rejects(kernel.run(null, context()), { code: 'bad-input' });
});

test('where there is no WebCrypto, the machine fails and not the input', async (t) => {
  const payload = manifest.normalise(longMessage());
  t.mock.getter(globalThis, 'crypto', () => ({ getRandomValues: () => assert.fail('nothing is drawn here') }) as unknown as Crypto);
  await assert.rejects(kernel.run(payload, context()), (error: Error) => error.name === 'Error' && !('code' in error) && /secure context/.test(error.message));
});

test('a fault of WebCrypto itself is not blamed on the input', async (t) => {
  const { data, key, iv } = longMessage();
  t.mock.method(crypto.subtle, 'decrypt', () => Promise.reject(new DOMException('out of memory', 'QuotaExceededError')));
  await assert.rejects(run({ op: 'decrypt', data, key, iv }), { name: 'QuotaExceededError' });
});
