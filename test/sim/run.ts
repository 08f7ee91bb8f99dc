/**
 * `npm run sim -- --nodes 100 --seed 7 [--tasks N] [--seconds N] [--faults] [--trace] [--json]`
 *
 * Two runs with one seed print the same trace hash. Exits with 1 where an invariant was violated.
 */
import { parseArgs } from 'node:util';
import { simulate } from './simulate.js';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' }, tasks: { type: 'string' }, seconds: { type: 'string', default: '60' },
    faults: { type: 'boolean', default: false }, trace: { type: 'boolean', default: false }, json: { type: 'boolean', default: false },
  },
});

function whole(name: 'nodes' | 'seed' | 'tasks' | 'seconds', fallback: number): number {
  const number = Number(values[name] ?? fallback);
  if (Number.isSafeInteger(number) && number >= (name === 'nodes' ? 1 : 0)) return number;
  console.error(`--${name} is a whole number, not "${values[name]}".`);
  process.exit(2);
}

const nodes = whole('nodes', 100);
const started = process.hrtime.bigint();
const report = await simulate({
  nodes, seed: whole('seed', 1), tasks: whole('tasks', 3 * nodes), seconds: whole('seconds', 60), faults: values.faults,
  ...(values.trace ? { print: (line: string) => console.error(line) } : {}),
});
const wallSeconds = Number(process.hrtime.bigint() - started) / 1e9;
const timed = { ...report, wallSeconds, stepsPerSecond: Math.round(report.steps / wallSeconds) };

if (values.json) console.log(JSON.stringify(timed));
else {
  const { stateHashes, conservationByReplica, violations, ...rest } = timed;
  console.log({ ...rest, replicas: conservationByReplica.length, distinctStateHashes: new Set(stateHashes).size });
  for (const { invariant, at, how } of violations) console.log(`${invariant} at ${at} ms: ${how}`);
}
if (report.violations.length > 0) process.exitCode = 1;
