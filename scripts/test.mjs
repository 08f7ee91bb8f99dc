/**
 * `npm test`: sets up and runs every stage, then prints `N passed, N failed`. `npm test -- unit browser` runs some.
 * A stage that is one check (types, lint) counts as one test; a test process counts its own.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCounts } from './counts.mjs';
import { ROOT, setup } from './setup.mjs';

const MINUTE_MS = 60_000;

/** Folders of test/ whose *.test.ts run in Node without a build. */
const UNIT = ['core', 'contract', 'identity', 'descriptor', 'kernels', 'pool', 'host', 'tooling', 'cli'];

const node = (...args) => [process.execPath, ...args];
const bin = (path, ...args) => node(join(ROOT, 'node_modules', path), ...args);
const nodeTests = (concurrency, ...folders) => node('--import', 'tsx', '--test', `--test-concurrency=${concurrency}`, '--test-reporter=./scripts/node-reporter.mjs', ...folders.flatMap(testsIn));

const STAGES = {
  types: { command: () => bin('typescript/bin/tsc', '--noEmit', '-p', '.'), minutes: 3 },
  lint: { command: () => bin('oxlint/bin/oxlint', '--deny-warnings', 'src', 'test', 'bench', 'scripts'), minutes: 1 },
  imports: { command: () => node('scripts/import-rules.mjs'), minutes: 1 },
  manifest: { command: () => node('scripts/manifest.mjs', '--check'), minutes: 1 },
  size: { command: () => node('scripts/size.mjs'), minutes: 1 },
  wasm: { command: () => node('scripts/build-usearch.mjs', '--check'), minutes: 5 },
  unit: { command: () => nodeTests(2, ...UNIT), minutes: 8, counts: true },
  sim: { command: () => nodeTests(1, 'sim'), minutes: 5, counts: true },
  network: { command: () => nodeTests(1, 'network'), minutes: 10, counts: true },
  browser: { command: () => bin('@web/test-runner/dist/bin.js'), minutes: 8, counts: true },
  pages: { command: () => nodeTests(1, 'pages'), minutes: 8, counts: true },
};

function testsIn(folder) {
  try {
    return readdirSync(join(ROOT, 'test', folder), { recursive: true }).filter((file) => file.endsWith('.test.ts')).map((file) => join('test', folder, file)).sort();
  } catch {
    return [];
  }
}

function run([command, ...args], timeoutMs) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_NO_WARNINGS: '1' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { output += text; });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.on('error', (error) => resolve({ code: 1, output: String(error) }));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, output });
    });
  });
}

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const unknown = named.filter((name) => !(name in STAGES));
if (unknown.length > 0) throw new Error(`There is no stage ${unknown.join(', ')}. Stages: ${Object.keys(STAGES).join(', ')}.`);

await setup({ build: true });
const total = { passed: 0, failed: 0 };
for (const name of named.length > 0 ? named : Object.keys(STAGES)) {
  const { command, minutes, counts } = STAGES[name];
  const startedAt = Date.now();
  const { code, output } = await run(command(), minutes * MINUTE_MS);
  const counted = counts ? readCounts(output) : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  const passed = counted?.passed ?? 0;
  // A runner that broke, or found nothing to run, has failed whatever it counted.
  const failed = counted === undefined || (code !== 0 && counted.failed === 0) || passed + counted.failed === 0 ? Math.max(1, counted?.failed ?? 0) : counted.failed;
  total.passed += passed;
  total.failed += failed;
  if (failed > 0) process.stdout.write(`${output.trimEnd()}\n`);
  const skipped = counted?.skipped ? `, ${counted.skipped} skipped` : '';
  process.stdout.write(`${failed > 0 ? '✖' : '✔'} ${name.padEnd(9)} ${passed} passed, ${failed} failed${skipped} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)\n`);
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
