/**
 * `npm run bench -- [names…] [--json]`: runs benchmarks, named one by one or by a group, one after the other, each in a
 * process of its own, so that none inherits the heap or the compiled code of another. People read stderr; with `--json` the
 * last line of stdout is one object with the machine, all results, and how they stand to the design's targets.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { figuresOf, measuredTargets, targetsOf, type Results } from './report.js';

const DEFAULT = ['tasks', 'pool', 'vector-search', 'embedding'] as const;
/** Each kernel beside what a user would pick instead, and the way to a kernel and back. */
const KERNELS = ['vector-search', 'vector-insert', 'embedding', 'semantic-match', 'encryption', 'compression', 'neural-inference', 'custom-wasm', 'pool'] as const;
const NAMES = [...new Set([...DEFAULT, ...KERNELS, 'relay', 'signer', 'ledger', 'page', 'idle'] as const)];
type Name = (typeof NAMES)[number];
const GROUPS: ReadonlyMap<string, readonly Name[]> = new Map([['kernels', KERNELS]]);

interface Answer {
  readonly result?: unknown;
  /** How it wants to be read; otherwise every figure has its line. */
  readonly text?: string | undefined;
  readonly failure?: string;
}

const args = process.argv.slice(2);
/** Of single benchmarks, `--pairs=21`: for those to read. */
const OPTIONS = args.filter((arg) => /^--\w+=/u.test(arg));
const isName = (text: string): text is Name => (NAMES as readonly string[]).includes(text);
const namesOf = (text: string): readonly Name[] => (isName(text) ? [text] : (GROUPS.get(text) ?? []));

/** In the child: the benchmark itself. */
async function runHere(name: Name): Promise<Answer> {
  try {
    const { bench, table } = (await import(`./${name}.ts`)) as { bench(): Promise<unknown>; table?(result: unknown): string };
    const result = await bench();
    return { result, text: table?.(result) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function runApart(name: Name): Promise<Answer> {
  const child = fork(fileURLToPath(import.meta.url), ['--child', name, ...OPTIONS], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 2, 2, 'ipc'] });
  const answer = once(child, 'message').then(([message]) => message as Answer);
  const end = once(child, 'exit').then(([code]): Answer => ({ failure: `ended with code ${String(code)} and no result` }));
  const first = await Promise.race([answer, end]);
  await end;
  // A benchmark with gates fails where one is missed, and has a result nevertheless.
  if (child.exitCode !== 0) process.exitCode = 1;
  return first;
}

async function runAll(names: readonly Name[], json: boolean): Promise<void> {
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version, loadAtStart: Number(loadavg()[0]!.toFixed(2)) };
  const results: Record<string, unknown> = {};
  console.error(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${machine.loadAtStart}\n`);
  for (const name of names) {
    const { result, text, failure } = await runApart(name);
    results[name] = failure === undefined ? result : { failure };
    console.error(`${failure === undefined ? text ?? figuresOf(name, result) : `${name}\n  failed: ${failure}`}\n`);
    if (failure !== undefined) process.exitCode = 1;
  }
  const targets = measuredTargets(results as Results);
  if (targets.length > 0) console.error(`${targetsOf(targets)}\n`);
  if (machine.loadAtStart > machine.cores / 2) console.error('The machine was busy with other work: trust the ratios, not the durations.');
  if (json) console.log(JSON.stringify({ machine, ...results, targets }));
}

if (args[0] === '--child' && isName(args[1] ?? '')) {
  process.send!(await runHere(args[1] as Name), undefined, undefined, () => process.exit());
} else {
  const given = args.filter((arg) => arg !== '--json' && !OPTIONS.includes(arg));
  const unknown = given.filter((name) => namesOf(name).length === 0);
  if (unknown.length > 0) {
    console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${[...NAMES, ...GROUPS.keys()].join(', ')}.`);
    process.exitCode = 1;
  } else {
    await runAll(given.length > 0 ? [...new Set(given.flatMap(namesOf))] : DEFAULT, args.includes('--json'));
  }
}
