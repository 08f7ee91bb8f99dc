/** Each known bug, brought back, must trip the invariant that is there for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MUTANTS } from './mutants.js';
import { simulate } from './simulate.js';

const SEEDS = [1, 2, 3, 4, 5, 6];

for (const { name, caughtBy, machines } of MUTANTS) {
  test(`noticed: ${name}`, async () => {
    const tripped = new Set<string>();
    for (const seed of SEEDS) {
      const { violations } = await simulate({ nodes: 8, seed, tasks: 40, seconds: 40, faults: true, machines });
      for (const { invariant } of violations) tripped.add(invariant);
      if (caughtBy.some((id) => tripped.has(id))) return;
    }
    assert.fail(`none of ${caughtBy.join(', ')} noticed; tripped were: ${[...tripped].join(', ') || 'none'}`);
  });
}
