import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode } from '../../src/kernels/codec.js';
import { catalogue, kindsNamed } from '../../src/kernels/catalogue.js';
import { loadManifest } from '../../src/kernels/manifests.js';
import { kernels } from '../../src/kernels/registry.js';
import { sandboxedKernels } from '../../src/kernels/sandboxed.js';
import { codeOf } from '../contract/runner.js';
import { fromSource, threadPool } from './fixtures/threads.js';

const ENTRY = fromSource(new URL('../../src/engine/node/compute-thread.ts', import.meta.url));
const ASSETS = new URL('../../src/kernels/vector_search/', import.meta.url).href;

test('the catalogue says of every kind what its manifest and its kernel say', async () => {
  const all = new Map([...kernels, ...sandboxedKernels]);
  assert.deepEqual([...all.keys()].sort(), [...catalogue.keys()].sort());
  assert.deepEqual([...sandboxedKernels.keys()], [...catalogue].filter(([, { sandboxed }]) => sandboxed).map(([kind]) => kind));
  for (const [kind, { manifest: manifestOf, load }] of all) {
    const [manifest, kernel, entry] = [await manifestOf(), await load(), catalogue.get(kind)!];
    assert.deepEqual([manifest.kind, kernel.kind, kernel.version], [kind, kind, manifest.version]);
    assert.deepEqual(entry, { version: manifest.version, memoryBytesMax: manifest.limits.memoryBytesMax, ...(manifest.sandboxed ? { sandboxed: true } : {}) });
    assert.equal(await load(), kernel);
  }
  assert.equal(loadManifest('nonsense'), undefined);
});

test("the original's names for groups stand for kinds that are there", () => {
  for (const kind of catalogue.keys()) assert.deepEqual(kindsNamed(kind), [kind]);
  assert.deepEqual(['vectors', 'embeddings', 'nonsense', 'constructor'].map((name) => kindsNamed(name)[0]), ['vector_search', 'embedding', undefined, undefined]);
});

test('the compute thread runs real kernels, and tells a missing model from a broken payload', async () => {
  const pool = threadPool({ entry: ENTRY, assetBase: ASSETS, modelBase: '/nowhere' });
  const jobOf = (kind: string, payload: Uint8Array) => ({ kind, version: catalogue.get(kind)!.version, payload, wallMs: 60_000, priority: 0 });
  try {
    const search = (await loadManifest('vector_search'))!;
    const payload = search.normalise({ query: [1, 0], k: 1, vectors: [[0, 1], [1, 0.1], [-1, 0]] });
    const { output, fuel } = await pool.run(jobOf('vector_search', encode(payload)));
    const [[best]] = search.present(decode(output)).matches as [[{ readonly id: number }]];
    assert.equal(best.id, 1);
    assert.equal(fuel, search.meter(payload).fuel);

    const embedding = (await loadManifest('embedding'))!;
    assert.equal(await codeOf(pool.run(jobOf('embedding', encode(embedding.normalise({ texts: ['a'], model: 'use-lite' }))))), 'model-missing');
    const encryption = (await loadManifest('encryption'))!;
    const sealed = { op: 'encrypt', data: new Uint8Array(9), key: new Uint8Array(32) };
    assert.equal(await codeOf(pool.run(jobOf('encryption', encode(encryption.normalise(sealed))))), undefined);
    assert.equal(await codeOf(pool.run(jobOf('encryption', encode(sealed)))), 'bad-input', 'an iv is the submitter\'s to draw, or replicas would differ');
    for (const kind of kernels.keys()) assert.equal(await codeOf(pool.run(jobOf(kind, encode({ nonsense: true })))), 'bad-input');
  } finally {
    await pool.close();
  }
});
