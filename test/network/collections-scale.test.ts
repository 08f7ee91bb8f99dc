/** The demonstration of `npm run collections`, small: the same steps on a few thousand vectors, in shards that are full early. */
import { test } from 'node:test';
import { assertShown, runScale } from './collections-scale.js';

test('two holders of a shard are killed at once: what is found stays found, and the replicas come back', async () => {
  const report = await runScale({ vectors: 4_000, dims: 32, queries: 20, contributors: 5, parameters: { shardBytesMax: 400_000 } });
  assertShown(report);
});
