import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode } from '../../src/kernels/codec.js';
import { kindsNamed, manifests } from '../../src/kernels/manifests.js';
import { kernels } from '../../src/kernels/registry.js';
import { codeOf } from '../contract/runner.js';
import { fromSource, threadPool } from './fixtures/threads.js';

const ENTRY = fromSource(new URL('../../src/engine/node/compute-thread.ts', import.meta.url));
const ASSETS = new URL('../../src/kernels/vector_search/', import.meta.url).href;

test('every manifest has a kernel of its kind and version, and the other way round', async () => {
  assert.deepEqual([...kernels.keys()].sort(), [...manifests.keys()].sort());
  for (const [kind, { manifest, load }] of kernels) {
    const kernel = await load();
    assert.deepEqual([kernel.kind, kernel.version, manifest.kind], [kind, manifest.version, kind]);
    assert.equal(await load(), kernel);
  }
});

test("the original's names for groups stand for kinds that are there", () => {
  assert.deepEqual([...manifests.keys(), 'vectors', 'embeddings', 'nonsense', 'constructor'].map(kindsNamed), [['embedding'], ['vector_search'], ['vector_search'], ['embedding'], [], []]);
});

test('the compute thread runs real kernels, and tells a missing model from a broken payload', async () => {
  const pool = threadPool({ entry: ENTRY, assetBase: ASSETS, modelBase: '/nowhere' });
  const jobOf = (kind: string, payload: Uint8Array) => ({ kind, version: manifests.get(kind)!.version, payload, wallMs: 60_000, priority: 0 });
  try {
    const search = manifests.get('vector_search')!;
    const payload = search.normalise({ query: [1, 0], k: 1, vectors: [[0, 1], [1, 0.1], [-1, 0]] });
    const { output, fuel } = await pool.run(jobOf('vector_search', encode(payload)));
    const [[best]] = search.present(decode(output)).matches as [[{ readonly id: number }]];
    assert.equal(best.id, 1);
    assert.equal(fuel, search.meter(payload).fuel);

    const embedding = manifests.get('embedding')!;
    assert.equal(await codeOf(pool.run(jobOf('embedding', encode(embedding.normalise({ texts: ['a'], model: 'use-lite' }))))), 'model-missing');
    for (const kind of manifests.keys()) assert.equal(await codeOf(pool.run(jobOf(kind, encode({ nonsense: true })))), 'bad-input');
  } finally {
    await pool.close();
  }
});
