import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createEncoder } from '../../src/kernels/embedding/encoder.js';
import { loadModelFiles } from '../../src/kernels/embedding/files.js';
import { kernel } from '../../src/kernels/embedding/kernel.js';
import { manifest } from '../../src/kernels/embedding/manifest.js';
import { poolInto } from '../../src/kernels/embedding/pooling.js';
import { PROFILES } from '../../src/kernels/embedding/profiles.js';
import { buildModel, contextWith, dot, MODELS, outputOf, RUNTIME, sha256 } from './embedding-context.js';
import { FIXED_BATCH, FIXED_BATCH_SHA256, PAIRS } from './embedding-sentences.js';

interface Original {
  readonly text: string;
  readonly ids: readonly number[];
  /** Every eighth component, base64 of float32. */
  readonly eighth?: string;
}

const ORIGINALS = (JSON.parse(readFileSync(new URL('embedding-vectors.json', import.meta.url), 'utf8')) as { texts: Original[] }).texts;
const USE_LITE = PROFILES.get('use-lite')!;

async function embed(texts: readonly string[]): Promise<Float32Array[]> {
  const { data, dims, count } = outputOf(await kernel.run(manifest.normalise({ texts }), contextWith()));
  return Array.from({ length: count }, (_, i) => data.subarray(i * dims, (i + 1) * dims));
}

function eighthOf(vector: Float32Array): Float32Array {
  return vector.filter((_, i) => i % 8 === 0);
}

describe('embedding kernel', () => {
  before(() => buildModel());

  it('gives one unit vector of 512 for each text, and says so', async () => {
    const progress: [string, number, number][] = [];
    const context = contextWith({ progress: (...step) => progress.push(step) });
    const result = await kernel.run(manifest.normalise({ texts: FIXED_BATCH }), context);
    const { data, dims, count } = outputOf(result);
    assert.deepEqual([dims, count, data.length], [512, FIXED_BATCH.length, 512 * FIXED_BATCH.length]);
    for (let i = 0; i < count; i++) {
      const vector = data.subarray(i * dims, (i + 1) * dims);
      assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-6, FIXED_BATCH[i]);
    }
    assert.deepEqual(progress.at(-1), ['embed', count, count]);
    assert.ok(Number.isInteger(result.fuel) && result.fuel > 0);
    const shown = manifest.present(result.output) as { embeddings: number[][]; dims: number };
    assert.deepEqual(shown.embeddings[2], Array.from(data.subarray(1024, 1536)));
    assert.equal(shown.dims, 512);
  });

  it('gives the recorded bytes, twice', async () => {
    for (let run = 0; run < 2; run++) {
      const result = await kernel.run(manifest.normalise({ texts: FIXED_BATCH }), contextWith());
      assert.equal(sha256(outputOf(result).data), FIXED_BATCH_SHA256);
    }
  });

  it('gives the same bytes in a worker thread', async () => {
    // Node 20 does not hand tsx's loader on to worker threads, so the thread registers it itself.
    const entry = JSON.stringify(new URL('embedding-worker.ts', import.meta.url).href);
    const script = `import('tsx/esm/api').then(({ register }) => { register(); return import(${entry}); })`;
    const worker = new Worker(script, { eval: true, workerData: FIXED_BATCH });
    const hash = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    await worker.terminate();
    assert.equal(hash, FIXED_BATCH_SHA256);
  });

  it('finds the paraphrase of each of twenty sentences', async () => {
    const vectors = await embed(PAIRS.flat());
    const ranked = PAIRS.map((_, i) => {
      const scores = PAIRS.map((__, j) => dot(vectors[2 * i]!, vectors[2 * j + 1]!));
      return scores.indexOf(Math.max(...scores));
    });
    assert.deepEqual(ranked, PAIRS.map((_, i) => i));
  });

  it('stops when it is aborted', async () => {
    const controller = new AbortController();
    const context = contextWith({
      signal: controller.signal,
      breathe: () => Promise.resolve(controller.abort(new Error('enough'))),
    });
    await assert.rejects(kernel.run(manifest.normalise({ texts: FIXED_BATCH }), context), /enough/);
  });
});

describe('embedding model against the tfjs original', () => {
  before(() => buildModel());

  it('has its tokens', async () => {
    const encoder = await createEncoder('use-lite', USE_LITE, await loadModelFiles('use-lite', USE_LITE, contextWith()), RUNTIME);
    for (const { text, ids } of ORIGINALS) assert.deepEqual(encoder.tokenise(text), ids.slice(0, USE_LITE.tokensMax), text);
  });

  it('has its vectors: within 2e-6 in float32, cosine over 0.998 with eight-bit weights', async () => {
    const originals = ORIGINALS.filter(({ eighth }) => eighth !== undefined);
    const expected = originals.map(({ eighth }) => new Float32Array(Uint8Array.from(Buffer.from(eighth!, 'base64')).buffer));

    const folder = `${MODELS}/../use-lite-fp32`;
    buildModel('--out', `${folder}/use-lite`, '--fp32');
    const profile = { ...USE_LITE, dtype: 'fp32' as const, files: USE_LITE.files.map(({ path }) => ({ path: path.replace('_quantized', '') })) };
    const encoder = await createEncoder('use-lite', profile, await loadModelFiles('use-lite', profile, contextWith({ modelBase: folder })), RUNTIME);
    for (const [i, { text }] of originals.entries()) {
      const vector = new Float32Array(512);
      poolInto(vector, (await encoder.run([encoder.tokenise(text)])).data, 1, 'cls');
      const worst = Math.max(...eighthOf(vector).map((value, k) => Math.abs(value - expected[i]![k]!)));
      assert.ok(worst < 2e-6, `${text}: ${worst}`);
    }

    const quantised = (await embed(originals.map(({ text }) => text))).map(eighthOf);
    for (const [i, { text }] of originals.entries()) {
      const [a, b] = [quantised[i]!, expected[i]!];
      const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
      assert.ok(cosine > 0.998, `${text}: ${cosine}`);
    }
  });

  it('is the one the profile pins, file by file', () => {
    const printed = new Map(buildModel().trim().split('\n').map((line) => line.split(/\s+/)).map(([sha256, path, bytes]) => [path, { sha256, bytes: Number(bytes) }]));
    for (const { path, sha256, bytes } of USE_LITE.files) assert.deepEqual(printed.get(path), { sha256, bytes }, path);
  });
});
