/**
 * `npm run test:browser [-- --files GLOB]`: the tests that need a page, in a real Chromium. scripts/engines.mjs names
 * another engine by EDGE_NET_ENGINE, and starts the driver that WebKit needs.
 */
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { defaultReporter } from '@web/test-runner';
import { chromeLauncher } from '@web/test-runner-chrome';
import { build } from 'esbuild';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromiumPath } from './scripts/chromium.mjs';
import { countsLine } from './scripts/counts.mjs';
import { driverCommands } from './scripts/driver-commands.mjs';
import { firefoxPath, webKitCapabilities } from './scripts/installed-engines.mjs';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** CommonJS packages, and one that imports some, which a browser cannot import as they are. */
const COMMON_JS = /^(?:gun|tweetnacl|@observablehq\/plot)(?:\/|$)/u;
const PREBUNDLED = '/__prebundled/';

const prebundle = {
  name: 'prebundle-commonjs',
  resolveImport({ source }) {
    if (COMMON_JS.test(source)) return `${PREBUNDLED}${source}`;
    // Left as it is: ONNX Runtime's glue has a branch for Node, which no page takes.
    return isBuiltin(source) ? source : undefined;
  },
  async serve({ path }) {
    if (!path.startsWith(PREBUNDLED)) return undefined;
    const { outputFiles } = await build({
      entryPoints: [path.slice(PREBUNDLED.length)],
      absWorkingDir: ROOT,
      bundle: true,
      format: 'esm',
      platform: 'browser',
      write: false,
      logLevel: 'error',
    });
    return { body: outputFiles[0].text, type: 'js' };
  },
};

const launchers = {
  chromium: async () => chromeLauncher({ launchOptions: await chromiumPath() }),
  firefox: async () => chromeLauncher({ launchOptions: { browser: 'firefox', executablePath: firefoxPath() } }),
  async webkit() {
    const { webdriverLauncher } = await import('@web/test-runner-webdriver');
    const port = Number(process.env.EDGE_NET_WEBDRIVER_PORT);
    return webdriverLauncher({ hostname: '127.0.0.1', port, path: '/', capabilities: { ...webKitCapabilities(), 'wdio:enforceWebDriverClassic': true } });
  },
};

/** The runner's closing line has another form than the one scripts/test.mjs reads. */
const tally = {
  onTestRunFinished({ sessions }) {
    const total = { passed: 0, failed: 0, skipped: 0, skips: [] };
    for (const { testResults, errors, passed } of sessions) {
      const before = total.failed;
      if (testResults) count(testResults, total);
      total.failed += errors.length;
      // A page that crashed or hung has no failed test, and has failed all the same.
      if (!passed && total.failed === before) total.failed += 1;
    }
    for (const name of total.skips) process.stdout.write(`\nskipped: ${name}`);
    // On a line of its own: the runner leaves terminal codes on the last one.
    process.stdout.write(`\n${countsLine(total)}\n`);
  },
};

function count(suite, total) {
  for (const { name, skipped, passed } of suite.tests) {
    total[skipped ? 'skipped' : passed ? 'passed' : 'failed'] += 1;
    if (skipped) total.skips.push(`${suite.name} ${name}`.trim());
  }
  for (const inner of suite.suites) count(inner, total);
}

export default {
  rootDir: ROOT,
  files: 'test/browser/**/*.test.ts',
  nodeResolve: { exportConditions: ['browser'], preferBuiltins: false },
  plugins: [driverCommands, prebundle, esbuildPlugin({ ts: true, target: 'es2022', tsconfig: fileURLToPath(new URL('tsconfig.json', import.meta.url)) })],
  browsers: [await launchers[process.env.EDGE_NET_ENGINE ?? 'chromium']()],
  // One page at a time: a page without focus or with half a core tests something else.
  concurrency: 1,
  browserStartTimeout: 60_000,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 180_000,
  testFramework: { config: { timeout: 30_000 } },
  reporters: [defaultReporter({ reportTestResults: true, reportTestProgress: false }), tally],
};
