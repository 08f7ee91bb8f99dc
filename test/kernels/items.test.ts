/** What each kind counts of its payload, for the log of those who run and buy it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom } from '../../src/engine/adapters/clock.js';
import { runJob } from '../../src/engine/adapters/pool/run-job.js';
import { prepareTask } from '../../src/engine/host/tasks.js';
import { kernels } from '../../src/kernels/registry.js';
import { manifest as insertion } from '../../src/kernels/vector_insert/manifest.js';
import { context } from './vector_search-context.js';

const layer = { weights: new Float32Array(4), shape: [2, 2], threshold: 1, beta: 0.9 };
const CASES: readonly (readonly [kind: string, counted: string, payload: unknown, items: number])[] = [
  ['embedding', 'texts', { texts: ['a', 'b', 'c'], model: 'use-lite' }, 3],
  ['vector_search', 'queries', { query: [[1, 0], [0, 1]], vectors: [[1, 0], [0, 1], [1, 1]], k: 1 }, 2],
  ['semantic_match', 'tasks', { task: ['a', 'b'], agents: [{ id: 'x', description: 'd' }] }, 2],
  ['neural_inference', 'samples', { layers: [layer], timesteps: 5, input: [1, 0] }, 1],
  ['compression', 'vectors', { op: 'compress', vectors: [[1, 0], [0, 1]] }, 2],
  ['compression', 'nothing of bytes', { op: 'compress', data: new Uint8Array(9) }, 0],
  ['encryption', 'nothing', { op: 'encrypt', data: new Uint8Array(9), key: new Uint8Array(32) }, 0],
];

for (const [type, counted, payload, items] of CASES) {
  test(`${type} counts ${counted}`, async () => {
    assert.equal((await prepareTask({ type, payload }, { local: 'never' }, systemRandom)).items, items);
  });
}

test('vector_insert counts vectors', () => {
  assert.equal(insertion.items?.({ ids: new Float64Array(3) }), 3);
});

test('a worker counts what it was sent, whatever the buyer said', async () => {
  const { request } = await prepareTask({ type: 'vector_search', payload: CASES[1]![2] }, { local: 'never' }, systemRandom);
  assert.equal((await runJob(kernels, { kind: request.kind, version: request.version, payload: request.payload }, context())).items, 2);
});
