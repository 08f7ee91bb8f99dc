/**
 * `npm test`: sets up and runs every stage, then prints `N passed, N failed`. `npm test -- unit browser` runs some.
 * A stage that is one check (types, lint) counts as one test; a test process counts its own. Works on a fresh clone.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readCounts } from './counts.mjs';
import { ROOT, setup } from './setup.mjs';

const MINUTE_MS = 60_000;
/** Stages share this, so that a hang ends in a count and not in the patience of whoever runs this. */
const TOTAL_MINUTES = 23;
/** Of one file. */
const FILE_MINUTES_MAX = 8;

/** Folders of test/ with a stage of their own. Any other folder's tests are unit tests, so that none is forgotten. */
const OWN_STAGE = ['sim', 'network', 'browser', 'pages'];

const node = (...args) => [process.execPath, ...args];
const bin = (path, ...args) => node(join(ROOT, 'node_modules', path), ...args);
const nodeTests = (concurrency, isMine) =>
  node('--import', 'tsx', '--test', `--test-concurrency=${concurrency}`, `--test-timeout=${FILE_MINUTES_MAX * MINUTE_MS}`, '--test-reporter=./scripts/node-reporter.mjs', ...testFiles(isMine));

const STAGES = {
  types: { command: () => bin('typescript/bin/tsc', '--noEmit', '-p', '.'), minutes: 3 },
  lint: { command: () => bin('oxlint/bin/oxlint', '--deny-warnings'), minutes: 1 },
  imports: { command: () => node('scripts/import-rules.mjs'), minutes: 1 },
  manifest: { command: () => node('scripts/manifest.mjs', '--check'), minutes: 1 },
  docs: { command: () => node('scripts/check-docs.mjs'), minutes: 1 },
  size: { command: () => node('scripts/size.mjs'), minutes: 1 },
  pack: { command: () => node('scripts/pack-check.mjs'), minutes: 2 },
  wasm: { command: () => node('scripts/check-wasm.mjs'), minutes: 5 },
  unit: { command: () => nodeTests(2, (folder) => !OWN_STAGE.includes(folder)), minutes: 8, counts: true },
  sim: { command: () => nodeTests(2, (folder) => folder === 'sim'), minutes: 6, counts: true },
  network: { command: () => nodeTests(1, (folder) => folder === 'network'), minutes: 14, counts: true },
  browser: { command: () => bin('@web/test-runner/dist/bin.js'), minutes: 8, counts: true },
  pages: { command: () => nodeTests(1, (folder) => folder === 'pages'), minutes: 14, counts: true },
};

/** Every `*.test.ts` whose folder directly under test/ is wanted. */
function testFiles(isMine) {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true }).map((path) => path.replaceAll('\\', '/'));
  return files.filter((path) => path.endsWith('.test.ts') && isMine(path.split('/')[0])).sort().map((path) => posix.join('test', path));
}

/** Output and exit code; what outlives its time is killed with all it started. */
function run([command, ...args], timeoutMs) {
  return new Promise((resolve) => {
    const isGroup = process.platform !== 'win32';
    const child = spawn(command, args, { cwd: ROOT, detached: isGroup, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_NO_WARNINGS: '1' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    const kill = () => (isGroup ? process.kill(-child.pid, 'SIGKILL') : child.kill('SIGKILL'));
    const timer = setTimeout(() => {
      output += `\nkilled after ${Math.round(timeoutMs / 1000)} s\n`;
      kill();
    }, timeoutMs);
    const interrupted = () => {
      kill();
      process.exit(130);
    };
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    child.on('error', (error) => (output += String(error)));
    child.on('close', (code) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** @returns {{passed: number, failed: number, skipped: number}} */
function judge(code, counted = { passed: 0, failed: 0, skipped: 0 }) {
  // A runner that broke, or found nothing to run, has failed whatever it counted.
  const isBroken = counted.failed === 0 && (code !== 0 || counted.passed === 0);
  return isBroken ? { ...counted, failed: 1 } : counted;
}

const total = { passed: 0, failed: 0 };

function report(name, { passed, failed, skipped }, startedAt, output) {
  total.passed += passed;
  total.failed += failed;
  if (failed > 0) process.stdout.write(`${output.trim()}\n`);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${failed > 0 ? '✖' : '✔'} ${name.padEnd(9)} ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''} (${seconds} s)\n`);
}

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const unknown = named.filter((name) => !(name in STAGES));
if (unknown.length > 0) {
  process.stderr.write(`There is no stage ${unknown.join(', ')}. Stages: ${Object.keys(STAGES).join(', ')}.\n`);
  process.exit(2);
}

const beganAt = Date.now();
const ready = await setup().then(() => '', (error) => String(error.message));
report('build', judge(ready ? 1 : 0, ready ? undefined : { passed: 1, failed: 0, skipped: 0 }), beganAt, ready);
// Without a build nothing below says anything.
for (const name of ready ? [] : named.length > 0 ? named : Object.keys(STAGES)) {
  const { command, minutes, counts } = STAGES[name];
  const startedAt = Date.now();
  const { code, output } = await run(command(), Math.max(1, Math.min(minutes * MINUTE_MS, beganAt + TOTAL_MINUTES * MINUTE_MS - startedAt)));
  report(name, judge(code, counts ? readCounts(output) : { passed: code === 0 ? 1 : 0, failed: 0, skipped: 0 }), startedAt, output);
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
