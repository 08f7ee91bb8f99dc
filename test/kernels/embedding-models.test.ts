import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kernel } from '../../src/kernels/embedding/kernel.js';
import { manifest } from '../../src/kernels/embedding/manifest.js';
import type { KernelContext } from '../../src/kernels/kernel.js';
import { answerOfThread, contextWith, dot, outputOf, sha256 } from './embedding-context.js';
import { TEST_MODELS } from './embedding-models.js';
import { FIXED_BATCH, FIXED_BATCH_SHA256, PAIRS } from './embedding-sentences.js';

const WORKER = new URL('embedding-worker.ts', import.meta.url);

for (const { model, profile, modelBase, skip } of TEST_MODELS) {
  describe(`embedding with ${model}`, () => {
    const contextOf = (overrides: Partial<KernelContext> = {}): KernelContext => contextWith({ modelBase, ...overrides });

    async function embed(texts: readonly string[]): Promise<Float32Array[]> {
      const { data, dims, count } = outputOf(await kernel.run(manifest.normalise({ model, texts }), contextOf()));
      return Array.from({ length: count }, (_, i) => data.subarray(i * dims, (i + 1) * dims));
    }

    it('gives one unit vector for each text, and says so', { skip }, async () => {
      const progress: [string, number, number][] = [];
      const result = await kernel.run(manifest.normalise({ model, texts: FIXED_BATCH }), contextOf({ progress: (...step) => progress.push(step) }));
      const { data, dims, count } = outputOf(result);
      assert.deepEqual([dims, count, data.length], [profile.dims, FIXED_BATCH.length, profile.dims * FIXED_BATCH.length]);
      for (let i = 0; i < count; i++) {
        const vector = data.subarray(i * dims, (i + 1) * dims);
        assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-6, FIXED_BATCH[i]);
      }
      const steps = progress.filter(([phase]) => phase === 'embed').map(([, done]) => done);
      assert.deepEqual(steps, steps.toSorted((a, b) => a - b));
      assert.ok(steps.length > 1, 'a batch at a time');
      assert.deepEqual(progress.at(-1), ['embed', count, count]);
      assert.ok(Number.isInteger(result.fuel) && result.fuel > 0);
      const shown = manifest.present(result.output) as { embeddings: number[][]; dims: number };
      assert.deepEqual(shown.embeddings[2], Array.from(data.subarray(2 * dims, 3 * dims)));
      assert.equal(shown.dims, dims);
    });

    it('gives the same bytes twice and in a cold thread', { skip }, async () => {
      const hashes = [await answerOfThread(WORKER, { model, modelBase, texts: FIXED_BATCH })];
      for (let run = 0; run < 2; run++) {
        const result = await kernel.run(manifest.normalise({ model, texts: FIXED_BATCH }), contextOf());
        hashes.push(sha256(outputOf(result).data));
      }
      const expected = model === 'use-lite' ? FIXED_BATCH_SHA256 : hashes[0];
      assert.deepEqual(hashes, [expected, expected, expected]);
    });

    it('finds the paraphrase of each of twenty sentences', { skip }, async () => {
      const vectors = await embed(PAIRS.flat());
      const ranked = PAIRS.map((_, i) => {
        const scores = PAIRS.map((__, j) => dot(vectors[2 * i]!, vectors[2 * j + 1]!));
        return scores.indexOf(Math.max(...scores));
      });
      assert.deepEqual(ranked, PAIRS.map((_, i) => i));
    });

    it('cuts a text at the model’s length', { skip }, async () => {
      const [long] = await embed(['word '.repeat(profile.tokensMax)]);
      const [longer] = await embed([`${'word '.repeat(profile.tokensMax)} and something else altogether`]);
      const [other] = await embed([`something else ${'word '.repeat(profile.tokensMax)}`]);
      assert.deepEqual(longer, long);
      assert.notDeepEqual(other, long);
    });

    it('stops when it is aborted', { skip }, async () => {
      const controller = new AbortController();
      const context = contextOf({ signal: controller.signal, breathe: () => Promise.resolve(controller.abort(new Error('enough'))) });
      await assert.rejects(kernel.run(manifest.normalise({ model, texts: FIXED_BATCH }), context), /enough/);
    });
  });
}
