import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decode, encode } from '../../src/kernels/codec.js';
import { planBatches } from '../../src/kernels/embedding/batches.js';
import { manifest } from '../../src/kernels/embedding/manifest.js';
import { poolInto } from '../../src/kernels/embedding/pooling.js';

describe('embedding manifest', () => {
  it('fills in the default model and prices five credits a hundred texts', () => {
    const payload = manifest.normalise({ texts: Array.from({ length: 100 }, (_, i) => `text ${i}`) });
    assert.equal((payload as { model: string }).model, 'use-lite');
    assert.equal(manifest.meter(payload).price, 5_000_000);
  });

  it('is idempotent, survives the codec, and meters in integers', () => {
    const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 20 }), fc.constantFrom('use-lite', 'minilm', 'bge'), (texts, model) => {
        const payload = manifest.normalise({ texts, model });
        assert.deepEqual(manifest.normalise(payload), payload);
        assert.deepEqual(decode(encode(payload)), payload);
        const { price, fuel } = manifest.meter(payload);
        assert.ok(Number.isSafeInteger(price) && Number.isSafeInteger(fuel) && fuel > 0);
      }),
    );
  });

  it('mends half a surrogate pair, which no worker could decode', () => {
    assert.deepEqual(manifest.normalise({ texts: ['a\uD83Db'] }), { model: 'use-lite', texts: ['a\uFFFDb'] });
  });

  const bad: readonly (readonly [unknown, RegExp])[] = [
    [null, /payload/],
    ['text', /payload/],
    [{}, /texts/],
    [{ texts: 'one' }, /texts/],
    [{ texts: [] }, /texts/],
    [{ texts: ['a', 7] }, /texts\[1\]/],
    [{ texts: ['a', ''] }, /texts\[1\]/],
    [{ texts: [undefined, 'a'] }, /texts\[0\]/],
    [{ texts: ['a'], model: 'gpt' }, /model: "gpt"/],
    [{ texts: ['a'], model: 3 }, /model/],
  ];
  for (const [payload, message] of bad) {
    it(`refuses ${JSON.stringify(payload)}`, () => {
      assert.throws(() => manifest.normalise(payload), { code: 'bad-input', message });
    });
  }

  const large: readonly (readonly [string, unknown])[] = [
    ['too many texts', { texts: Array.from({ length: 513 }, () => 'a') }],
    ['one text too long', { texts: ['é'.repeat(4097)] }],
    ['too many bytes in all', { texts: Array.from({ length: 40 }, () => 'x'.repeat(8000)) }],
    ['too much work', { texts: Array.from({ length: 200 }, () => 'x'.repeat(1200)), model: 'bge' }],
  ];
  for (const [what, payload] of large) {
    it(`refuses ${what}`, () => assert.throws(() => manifest.normalise(payload), { code: 'payload-too-large' }));
  }

  it('keeps the largest payload and output within its own limits', () => {
    const payload = manifest.normalise({ texts: Array.from({ length: 512 }, (_, i) => 'x'.repeat(i < 30 ? 8192 : 20)) });
    assert.ok(encode(payload).length <= manifest.limits.payloadBytesMax);
    const output = { data: new Float32Array(512 * 512), dims: 512, count: 512 };
    assert.ok(encode(output).length <= manifest.limits.outputBytesMax);
  });
});

describe('embedding output', () => {
  it('of another shape than the kernel’s is refused', () => {
    const good = { data: new Float32Array(6), dims: 3, count: 2 };
    assert.deepEqual(manifest.present(good), { embeddings: [[0, 0, 0], [0, 0, 0]], dims: 3 });
    for (const bad of [null, {}, { ...good, count: 3 }, { ...good, data: [0, 0, 0, 0, 0, 0] }, { ...good, dims: '3' }]) {
      assert.throws(() => manifest.present(bad as never), { code: 'kernel-failed' });
    }
  });
});

describe('batches', () => {
  it('hold every text once, within the limit, and depend on lengths alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 512 }), { minLength: 1, maxLength: 100 }), (lengths) => {
        const batches = planBatches(lengths, 256);
        assert.deepEqual(batches.flat().sort((a, b) => a - b), lengths.map((_, i) => i));
        for (const batch of batches) {
          const widest = Math.max(...batch.map((i) => lengths[i]!));
          assert.ok(batch.length === 1 || batch.length * widest <= 256);
        }
        assert.deepEqual(planBatches([...lengths], 256), batches);
      }),
    );
  });
});

describe('pooling', () => {
  const hidden = Float32Array.of(3, 4, 0, 1, 9, 9);

  it('takes the first row, or the mean of those that are no padding', () => {
    const first = new Float32Array(2);
    poolInto(first, hidden, 2, 'cls');
    assert.deepEqual(first, Float32Array.of(3 / 5, 4 / 5));
    const mean = new Float32Array(2);
    poolInto(mean, hidden, 2, 'mean');
    assert.deepEqual(mean, Float32Array.of(3 / Math.sqrt(34), 5 / Math.sqrt(34)));
  });

  it('leaves zeros alone', () => {
    const zero = new Float32Array(2);
    poolInto(zero, new Float32Array(2), 1, 'cls');
    assert.deepEqual(zero, new Float32Array(2));
  });
});
