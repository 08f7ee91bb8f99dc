import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { kernel } from '../../src/kernels/compression/kernel.js';
import { manifest, plansOf, type VectorsPayload } from '../../src/kernels/compression/manifest.js';
import { referenceChoice, referenceQuantise } from '../../src/kernels/compression/reference.js';
import { encodedBytes, VECTOR_SCHEMES, type Plan } from '../../src/kernels/compression/schemes.js';
import { compress, context, restore } from './compression-context.js';
import { random } from './vector_search-vectors.js';

const float = (max: number): fc.Arbitrary<number> => fc.float({ min: -Math.fround(max), max: Math.fround(max), noNaN: true });
/** Unit vectors' numbers, ties, zeros of both signs, subnormals, and the largest there are. */
const number = fc.oneof(float(1), fc.constantFrom(0, -0, 1, -1, 0.5, 127, -127, 63.5, 65_504, 65_520, 2 ** -149, -3 * 2 ** -149, 2 ** -126, 2 ** -25), float(1e-40), float(2.9e38));
const unit = fc.oneof(float(1), fc.constantFrom(0, -0, 1, -1, 0.5));

function rowsOf(value: fc.Arbitrary<number>, rowsMax = 20, dimsMax = 70): fc.Arbitrary<number[][]> {
  return fc.integer({ min: 1, max: dimsMax }).chain((dims) => fc.array(fc.array(value, { minLength: dims, maxLength: dims }), { minLength: 1, maxLength: rowsMax }));
}

/** Rows that repeat few others, with a little noise: what product quantisation is good at, and has idle centroids for. */
function repeating(rows: number, dims: number, distinct: number, noise: number): number[][] {
  const uniform = random(rows + distinct);
  const few = Array.from({ length: distinct }, () => Array.from({ length: dims }, () => uniform() - 0.5));
  return Array.from({ length: rows }, () => few[Math.floor(uniform() ** 4 * distinct)]!.map((value) => Math.fround(value + noise * (uniform() - 0.5))));
}

const worst = (rows: readonly (readonly number[])[], back: readonly (readonly number[])[]): number =>
  Math.max(...rows.map((row, i) => Math.max(...row.map((value, k) => Math.abs(value - back[i]![k]!)))));

const withPlan = ({ scheme, subspaces }: Plan): Record<string, unknown> => (scheme === 'pq' ? { scheme, subspaces } : { scheme });

async function assertLikeReference(plan: Plan, rows: number[][]): Promise<void> {
  const reference = referenceQuantise(plan, rows);
  const { data, maxError } = await compress({ vectors: rows, ...withPlan(plan) });
  assert.deepEqual(data, reference.data);
  assert.equal(maxError, reference.maxError);
  assert.deepEqual((await restore(data)).vectors, reference.vectors.map((row) => [...row]));
}

describe('quantisation', () => {
  for (const scheme of VECTOR_SCHEMES) {
    it(`${scheme} gives the bytes of the plain reference, and reads back what it says`, async () => {
      const values = scheme === 'f16' ? unit : number;
      await fc.assert(
        fc.asyncProperty(rowsOf(values), fc.nat(), async (rows, cut) => {
          await assertLikeReference({ scheme, subspaces: scheme === 'pq' ? 1 + (cut % rows[0]!.length) : 0 }, rows);
        }),
        { numRuns: scheme === 'pq' ? 40 : 150 },
      );
    });
  }

  it('pq gives the bytes of the reference with more rows than centroids, uneven stretches and idle centroids', async () => {
    await assertLikeReference({ scheme: 'pq', subspaces: 2 }, repeating(330, 11, 330, 0.01));
    await assertLikeReference({ scheme: 'pq', subspaces: 3 }, repeating(300, 7, 40, 0));
    await assertLikeReference({ scheme: 'pq', subspaces: 1 }, repeating(300, 2, 280, 0));
  });

  it('pq keeps up to 256 distinct rows exactly, however often each comes', async () => {
    const rows = repeating(2_000, 8, 200, 0);
    const { maxError, data } = await compress({ vectors: rows, scheme: 'pq', subspaces: 1 });
    assert.equal(maxError, 0);
    assert.deepEqual((await restore(data)).vectors, rows);
  });

  it('stops where it is cancelled, also while it learns', async () => {
    for (const scheme of ['int4', 'pq']) {
      const controller = new AbortController();
      let breaths = 0;
      const breathe = async (): Promise<void> => void (++breaths === 2 && controller.abort(new Error('cancelled')));
      const payload = manifest.normalise({ op: 'compress', vectors: new Float32Array(600_000), dims: 60, scheme });
      await assert.rejects(kernel.run(payload, context({ signal: controller.signal, breathe })), /cancelled/);
      assert.equal(breaths, 2);
    }
  });

  it('cuts large inputs into tiles without a trace', async () => {
    const uniform = random(5);
    const rows = Array.from({ length: 400 }, () => Array.from({ length: 600 }, () => Math.fround(uniform() - 0.5)));
    for (const scheme of ['none', 'f16', 'int8', 'int4', 'binary'] as const) {
      let breaths = 0;
      const payload = manifest.normalise({ op: 'compress', vectors: rows, scheme });
      const { output } = await kernel.run(payload, context({ breathe: async () => void breaths++ }));
      assert.deepEqual((output as { data: Uint8Array }).data, referenceQuantise({ scheme, subspaces: 0 }, rows).data);
      assert.ok(breaths > 1);
    }
  });
});

describe('the error of a component', () => {
  const bounds: Readonly<Record<string, (row: readonly number[], value: number, i: number) => number>> = {
    none: () => 0,
    f16: (_, value) => Math.max(Math.abs(value) * 2 ** -11, 2 ** -25),
    int8: (row) => stepOf(row, 127) / 2,
    int4: (row, _, i) => stepOf(row.slice(i - (i % 32), i - (i % 32) + 32), 7) / 2,
  };
  /** A step exceeds max / levels by 17 bits' rounding at most, or by 128 times the least float there is. */
  const stepOf = (numbers: readonly number[], levels: number): number => {
    const step = Math.max(...numbers.map(Math.abs)) / levels;
    return Math.max(step * (1 + 2 ** -16), step + 2 ** -142);
  };
  for (const [scheme, boundOf] of Object.entries(bounds)) {
    it(`is within the bound of ${scheme}, and reported as it is`, async () => {
      await fc.assert(
        fc.asyncProperty(rowsOf(scheme === 'f16' ? fc.oneof(unit, float(65_000), float(1e-6)) : number), async (rows) => {
          const { data, maxError, ratio } = await compress({ vectors: rows, scheme });
          const back = (await restore(data)).vectors;
          rows.forEach((row, r) => row.forEach((value, i) => assert.ok(Math.abs(value - back[r]![i]!) <= boundOf(row, value, i), `${value} became ${back[r]![i]}`)));
          assert.equal(maxError, worst(rows, back));
          assert.equal(ratio, (4 * rows.length * rows[0]!.length) / data.length);
        }),
        { numRuns: 200 },
      );
    });
  }

  it('of binary is half the range of magnitudes at most', async () => {
    await fc.assert(fc.asyncProperty(rowsOf(number), async (rows) => {
      const sizes = rows.flat().map(Math.abs);
      const { maxError } = await compress({ vectors: rows, scheme: 'binary' });
      const bound = (Math.max(...sizes) - Math.min(...sizes)) / 2;
      assert.ok(maxError <= bound + Math.max(...sizes) * 2 ** -24 + 2 ** -149);
    }));
  });
});

describe('the adaptive choice', () => {
  const criterion = fc.oneof(
    fc.record({ maxError: fc.constantFrom(0, 1e-9, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5, 1) }),
    fc.record({ minRatio: fc.constantFrom(0, 0.2, 0.9, 1.2, 1.9, 2.5, 4) }),
  );
  const same = async (rows: number[][], wanted: { maxError: number } | { minRatio: number }): Promise<string> => {
    const payload = manifest.normalise({ op: 'compress', vectors: rows, ...wanted }) as unknown as VectorsPayload;
    const chosen = await compress({ vectors: rows, ...wanted });
    const expected = referenceChoice(wanted, plansOf(payload), rows);
    assert.equal(chosen.scheme, expected.plan.scheme);
    assert.deepEqual(chosen.data, expected.data);
    return chosen.scheme;
  };

  it('is the one that trying all would find', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(rowsOf(unit), rowsOf(number)), criterion, async (rows, wanted) => {
        const attempt = same(rows, wanted);
        if ('maxError' in wanted) await attempt;
        // What no scheme can reach is refused before anything runs.
        else await attempt.catch((error: Error) => assert.match(error.message, /out of reach/));
      }),
      { numRuns: 150 },
    );
  });

  it('is the one that trying all would find, of rows that pq may or may not suit', async () => {
    const noisy = repeating(1_000, 4, 20, 0.002);
    assert.equal(await same(repeating(1_000, 4, 20, 0), { maxError: 1e-6 }), 'pq');
    assert.equal(await same(noisy, { maxError: 0.01 }), 'pq');
    assert.notEqual(await same(noisy, { maxError: 1e-6 }), 'pq');
  });

  it('goes from exact to small as the error may grow, and keeps it', async () => {
    const uniform = random(3);
    const rows = Array.from({ length: 400 }, () => Array.from({ length: 96 }, () => Math.fround(uniform() * 2 - 1)));
    const wanted = [[0, 'none'], [1e-5, 'none'], [3e-4, 'f16'], [0.004, 'int8'], [0.08, 'int4'], [0.51, 'binary']] as const;
    for (const [maxError, scheme] of wanted) {
      const chosen = await compress({ vectors: rows, maxError });
      assert.equal(chosen.scheme, scheme);
      assert.ok(chosen.maxError <= maxError && worst(rows, (await restore(chosen.data)).vectors) === chosen.maxError);
    }
    for (const [minRatio, scheme] of [[0.9, 'none'], [1.5, 'f16'], [3.5, 'int8'], [6, 'int4'], [20, 'binary']] as const) {
      const chosen = await compress({ vectors: rows, minRatio });
      assert.equal(chosen.scheme, scheme);
      assert.ok(chosen.ratio >= minRatio);
    }
  });

  it('never takes f16 for numbers that overflow it', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => Array.from({ length: 64 }, (__, k) => (i === 7 && k === 9 ? 65_520 : 40_000 + 123.25 * k)));
    await assert.rejects(compress({ vectors: rows, scheme: 'f16' }), { code: 'bad-input', message: /overflow f16/ });
    assert.equal((await compress({ vectors: rows, maxError: 0.01 })).scheme, 'none');
    rows[7]![9] = 65_519;
    assert.equal((await compress({ vectors: rows, maxError: 16 })).scheme, 'f16');
  });

  it('tries only the subspaces that are asked for', async () => {
    const rows = repeating(2_000, 16, 100, 0);
    const { scheme, subspaces, data } = await compress({ vectors: rows, maxError: 1e-9, subspaces: 5 });
    assert.deepEqual([scheme, subspaces], ['pq', 5]);
    assert.equal(data.length, encodedBytes({ scheme: 'pq', subspaces: 5 }, { rows: 2_000, dims: 16 }));
    assert.equal((await restore(data)).subspaces, 5);
  });
});
