/**
 * `npm run test:engines [-- chromium firefox webkit] [--files GLOB] [--no-smoke]`: the browser suite, and pages
 * that earn from a real relay, in every engine of this machine. Says which are missing and how to install them; the last
 * line is the sum. An engine that was asked for by name and is missing counts as a failure.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { countsLine, readCounts } from './counts.mjs';
import { APT, bound, ENGINES, isInstalled, startWebKitDriver, versionOf } from './installed-engines.mjs';
import { ROOT, setup } from './setup.mjs';

const MINUTE_MS = 60_000;
/** Of one engine's suite, and of its pages. */
const SUITE_MINUTES_MAX = 15;
const SMOKE_MINUTES_MAX = 8;
/** The demo page, and pages under the documented policies. */
const SMOKE = ['test/engines/smoke.ts', 'test/engines/policy.ts'];

/** What has to end with this process, whichever way that ends: functions that do their work at once. */
const open = new Set();
const stopAll = () => {
  for (const stop of [...open].reverse()) stop();
  open.clear();
};
process.on('exit', stopAll);
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) process.once(signal, () => process.exit(code));

/** Runs one command of Node's to its end, shows what it says, and counts. */
function run(args, env, minutes) {
  return new Promise((resolve) => {
    const child = spawn(...bound(process.execPath, args), { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env, NODE_NO_WARNINGS: '1' } });
    const kill = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group is gone.
      }
    };
    open.add(kill);
    let output = '';
    for (const [from, to] of [[child.stdout, process.stdout], [child.stderr, process.stderr]]) {
      from.setEncoding('utf8').on('data', (text) => (output += text, to.write(text)));
    }
    const timer = setTimeout(() => {
      process.stdout.write(`\nkilled after ${minutes} minutes\n`);
      kill();
    }, minutes * MINUTE_MS);
    child.on('close', (code) => {
      clearTimeout(timer);
      kill();
      open.delete(kill);
      const counts = readCounts(output) ?? { passed: 0, failed: 0, skipped: 0 };
      // A runner that broke, or found nothing to run, has failed whatever it counted.
      resolve(counts.failed === 0 && (code !== 0 || counts.passed === 0) ? { ...counts, failed: 1 } : counts);
    });
  });
}

async function test(engine, { files, smoke }) {
  const driver = engine === 'webkit' ? await startWebKitDriver() : undefined;
  if (driver) open.add(driver.stop);
  const env = { EDGE_NET_ENGINE: engine, ...(driver ? { EDGE_NET_WEBDRIVER_PORT: String(driver.port) } : {}) };
  try {
    const suite = await run([join(ROOT, 'node_modules/@web/test-runner/dist/bin.js'), ...files.flatMap((glob) => ['--files', glob])], env, SUITE_MINUTES_MAX);
    // One after the other: a WebKit driver has one session at a time.
    const pages = smoke ? await run(['--import', 'tsx', '--test', '--test-concurrency=1', '--test-reporter=./scripts/node-reporter.mjs', ...SMOKE], env, SMOKE_MINUTES_MAX) : { passed: 0, failed: 0, skipped: 0 };
    return sum([suite, pages]);
  } finally {
    if (driver) {
      open.delete(driver.stop);
      driver.stop();
    }
  }
}

const sum = (all) => all.reduce((total, { passed, failed, skipped }) => ({ passed: total.passed + passed, failed: total.failed + failed, skipped: total.skipped + skipped }), { passed: 0, failed: 0, skipped: 0 });

const { positionals: named, values } = parseArgs({
  allowPositionals: true,
  options: { files: { type: 'string', multiple: true, default: [] }, 'no-smoke': { type: 'boolean', default: false } },
});
const unknown = named.filter((name) => !ENGINES.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no engine ${unknown.join(', ')}. Engines: ${ENGINES.join(', ')}.\n`);
  process.exit(2);
}

// Files that were named are what is wanted; the pages need the build.
const smoke = !values['no-smoke'] && values.files.length === 0;
await setup({ build: smoke });
const results = [];
for (const engine of named.length > 0 ? named : ENGINES) {
  if (!(await isInstalled(engine))) {
    results.push({ title: `${engine}: not installed (${APT[engine]})`, counts: { passed: 0, failed: named.length > 0 ? 1 : 0, skipped: 0 }, missing: true });
    continue;
  }
  const title = `${engine} (${await versionOf(engine)})`;
  process.stdout.write(`\n── ${title}\n`);
  const startedAt = Date.now();
  const counts = await test(engine, { files: values.files, smoke }).catch((error) => {
    process.stdout.write(`${String(error.stack ?? error)}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  results.push({ title, counts, seconds: (Date.now() - startedAt) / 1000 });
}

process.stdout.write('\n');
for (const { title, counts, seconds, missing } of results) {
  process.stdout.write(missing ? `– ${title}\n` : `${counts.failed > 0 ? '✖' : '✔'} ${title}: ${countsLine(counts)} (${seconds.toFixed(1)} s)\n`);
}
const total = sum(results.map(({ counts }) => counts));
process.stdout.write(`${countsLine(total)}\n`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
