/**
 * `npm run sim:seeds -- [--seeds 20] [--from 1] [--nodes 15] [--tasks 80] [--seconds 60] [--json]`
 *
 * Many seeds with faults of every kind, a line each. Exits with 1 where any run broke an invariant.
 */
import { parseArgs } from 'node:util';
import { simulate } from './simulate.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' }, from: { type: 'string', default: '1' }, nodes: { type: 'string', default: '15' }, tasks: { type: 'string', default: '80' },
    seconds: { type: 'string', default: '60' }, json: { type: 'boolean', default: false },
  },
});

const table: Record<string, unknown>[] = [];
for (let seed = Number(values.from); seed < Number(values.from) + Number(values.seeds); seed += 1) {
  const report = await simulate({ nodes: Number(values.nodes), seed, tasks: Number(values.tasks), seconds: Number(values.seconds), faults: true });
  const { tasksSubmitted, tasksDone, escrows, conservation, stateHashes, steps, violations, traceHash } = report;
  table.push({ seed, tasksSubmitted, tasksDone, ...escrows, conservation, distinctStateHashes: new Set(stateHashes).size, steps, violations: violations.length, traceHash });
  for (const { invariant, at, how } of violations) console.error(`seed ${seed}: ${invariant} at ${at} ms: ${how}`);
}

const bad = table.filter(({ conservation, distinctStateHashes, open, violations }) => conservation !== 0 || distinctStateHashes !== 1 || open !== 0 || violations !== 0).length;
if (values.json) console.log(JSON.stringify({ seeds: table, bad }));
else {
  console.table(table.map((row) => ({ ...row, traceHash: String(row.traceHash).slice(0, 10) })));
  console.log(bad === 0 ? 'Every invariant held on every seed.' : `${bad} seeds broke an invariant.`);
}
if (bad > 0) process.exitCode = 1;
