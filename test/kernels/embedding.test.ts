import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { createEncoder } from '../../src/kernels/embedding/encoder.js';
import { embedBatch } from '../../src/kernels/embedding/encoders.js';
import { loadModelFiles } from '../../src/kernels/embedding/files.js';
import { kernel } from '../../src/kernels/embedding/kernel.js';
import { PROFILES, type ModelFile } from '../../src/kernels/embedding/profiles.js';
import { buildModel, contextWith, dot, MODELS, outputOf, RUNTIME } from './embedding-context.js';

interface Original {
  readonly text: string;
  readonly ids: readonly number[];
  /** Every eighth component, base64 of float32. */
  readonly eighth?: string;
}

const ORIGINALS = (JSON.parse(readFileSync(new URL('embedding-vectors.json', import.meta.url), 'utf8')) as { texts: Original[] }).texts;
const USE_LITE = PROFILES.get('use-lite')!;

function eighthOf(vector: Float32Array): Float32Array {
  return vector.filter((_, i) => i % 8 === 0);
}

/** What the converter prints of the files it wrote. */
function printedFiles(printed: string): ModelFile[] {
  return printed.trim().split('\n').map((line) => {
    const [sha256, path, bytes] = line.split(/\s+/);
    return { path: path!, sha256: sha256!, bytes: Number(bytes) };
  });
}

describe('use-lite against the tfjs original', () => {
  before(() => buildModel());

  it('has its tokens', async () => {
    const encoder = await createEncoder('use-lite', USE_LITE, await loadModelFiles('use-lite', USE_LITE, contextWith()), RUNTIME);
    for (const { text, ids } of ORIGINALS) assert.deepEqual(encoder.tokenise(text), ids.slice(0, USE_LITE.tokensMax), text);
  });

  it('has its vectors: within 2e-6 in float32, cosine over 0.998 with eight-bit weights', async () => {
    const originals = ORIGINALS.filter(({ eighth }) => eighth !== undefined);
    const expected = originals.map(({ eighth }) => new Float32Array(Uint8Array.from(Buffer.from(eighth!, 'base64')).buffer));

    const folder = `${MODELS}/../use-lite-fp32`;
    const files = printedFiles(buildModel('--out', `${folder}/use-lite`, '--fp32'));
    const profile = { ...USE_LITE, dtype: 'fp32' as const, files };
    const encoder = await createEncoder('use-lite', profile, await loadModelFiles('use-lite', profile, contextWith({ modelBase: folder })), RUNTIME);
    for (const [i, { text }] of originals.entries()) {
      const [vector] = await embedBatch(encoder, profile, [encoder.tokenise(text)]);
      const worst = Math.max(...eighthOf(vector!).map((value, k) => Math.abs(value - expected[i]![k]!)));
      assert.ok(worst < 2e-6, `${text}: ${worst}`);
    }

    const { data, dims } = outputOf(await kernel.run({ model: 'use-lite', texts: originals.map(({ text }) => text) }, contextWith()));
    for (const [i, { text }] of originals.entries()) {
      const [a, b] = [eighthOf(data.subarray(i * dims, (i + 1) * dims)), expected[i]!];
      const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
      assert.ok(cosine > 0.998, `${text}: ${cosine}`);
    }
  });

  it('is the one the profile pins, file by file', () => {
    const printed = new Map(printedFiles(buildModel()).map((file) => [file.path, file]));
    for (const file of USE_LITE.files) assert.deepEqual(printed.get(file.path), file, file.path);
  });
});
