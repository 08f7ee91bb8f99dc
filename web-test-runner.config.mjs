/** `npm run test:browser [-- --files GLOB]`: the tests that need a page, in a real Chromium. */
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { defaultReporter } from '@web/test-runner';
import { chromeLauncher } from '@web/test-runner-chrome';
import { build } from 'esbuild';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromiumPath } from './scripts/chromium.mjs';
import { countsLine } from './scripts/counts.mjs';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** CommonJS packages, which a browser cannot import as they are. */
const COMMON_JS = /^(?:gun|tweetnacl)(?:\/|$)/u;
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

/** The runner's closing line has another form than the one scripts/test.mjs reads. */
const tally = {
  onTestRunFinished({ sessions }) {
    const total = { passed: 0, failed: 0, skipped: 0 };
    for (const { testResults, errors, passed } of sessions) {
      const before = total.failed;
      if (testResults) count(testResults, total);
      total.failed += errors.length;
      // A page that crashed or hung has no failed test, and has failed all the same.
      if (!passed && total.failed === before) total.failed += 1;
    }
    // On a line of its own: the runner leaves terminal codes on the last one.
    process.stdout.write(`\n${countsLine(total)}\n`);
  },
};

function count(suite, total) {
  for (const { skipped, passed } of suite.tests) total[skipped ? 'skipped' : passed ? 'passed' : 'failed'] += 1;
  for (const inner of suite.suites) count(inner, total);
}

export default {
  rootDir: ROOT,
  files: 'test/browser/**/*.test.ts',
  nodeResolve: { exportConditions: ['browser'], preferBuiltins: false },
  plugins: [prebundle, esbuildPlugin({ ts: true, target: 'es2022', tsconfig: fileURLToPath(new URL('tsconfig.json', import.meta.url)) })],
  browsers: [chromeLauncher({ launchOptions: await chromiumPath() })],
  // One page at a time: a page without focus or with half a core tests something else.
  concurrency: 1,
  browserStartTimeout: 60_000,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 180_000,
  testFramework: { config: { timeout: 30_000 } },
  reporters: [defaultReporter({ reportTestResults: true, reportTestProgress: false }), tally],
};
