/** The whole network in one process: what must hold whatever the seed, and the same run from the same seed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate, type Report, type SimulationOptions } from './simulate.js';

function expectSound(report: Report): void {
  assert.deepEqual(report.violations, []);
  assert.equal(report.conservation, 0);
  assert.equal(report.stateHashes.length, report.nodes + 1);
  assert.equal(new Set(report.stateHashes).size, 1);
  assert.equal(report.escrows.open, 0);
}

const ROUGH: SimulationOptions = { nodes: 15, seed: 1, tasks: 60, seconds: 60, faults: true };

test('the same seed gives the same trace, another seed another one (I15)', async () => {
  const [one, same, other] = [await simulate({ ...ROUGH, nodes: 8 }), await simulate({ ...ROUGH, nodes: 8 }), await simulate({ ...ROUGH, nodes: 8, seed: 2 })];
  assert.deepEqual(same, one);
  assert.notEqual(other.traceHash, one.traceHash);
});

test('100 nodes do every task that is asked of them', async () => {
  const report = await simulate({ nodes: 100, seed: 7, tasks: 200, seconds: 30, faults: false });
  expectSound(report);
  assert.equal(report.tasksDone, 200);
  assert.deepEqual(report.escrows, { paid: 200, refunded: 0, open: 0 });
});

for (const seed of [1, 2, 3, 4]) {
  test(`faults of every kind break no promise (seed ${seed})`, async () => {
    const report = await simulate({ ...ROUGH, seed });
    expectSound(report);
    assert.ok(report.tasksDone > report.tasksSubmitted / 3, `${report.tasksDone} of ${report.tasksSubmitted} tasks were done`);
    assert.ok(report.escrows.refunded > 0, 'the faults hit no task');
  });
}
