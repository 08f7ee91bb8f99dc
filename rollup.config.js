/**
 * Three builds. Browser: ES modules, flat, with lazy chunks and two module workers. Classic: one script that sets
 * `window.EdgeNet` and shares those chunks. Node: the library, the command and the compute thread.
 */
import alias from '@rollup/plugin-alias';
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import esbuild from 'rollup-plugin-esbuild';

const target = 'es2022';

/** transformers.js asks for the WebGPU runtime, twice the size; and its Node build would bring a native one. */
const runtime = [
  alias({ entries: [{ find: 'onnxruntime-web/webgpu', replacement: 'onnxruntime-web/wasm' }] }),
  resolve({ browser: true, preferBuiltins: true, exportConditions: ['browser', 'import', 'default', 'onnxruntime-web-use-extern-wasm'] }),
  commonjs({ exclude: ['src/**'] }),
  esbuild({ target }),
];

const quiet = {
  onwarn(warning, warn) {
    const known = (warning.code === 'CIRCULAR_DEPENDENCY' || warning.code === 'EVAL' || warning.code === 'THIS_IS_UNDEFINED') && /node_modules/u.test(warning.ids?.[0] ?? warning.id ?? warning.message);
    if (!known) warn(warning);
  },
};

const flat = {
  sourcemap: true,
  entryFileNames: '[name].js',
  // Flat beside the entry: everything is found by import.meta.url. Kernels are told apart by their folder.
  chunkFileNames: ({ name, facadeModuleId }) => `edge-net.${name === 'kernel' ? facadeModuleId.split('/').at(-2).replace('_', '-') : name}.js`,
};

/** Where the classic script lies, noted while `document.currentScript` still says so. */
const CLASSIC_INTRO = 'var edgeNetBase = globalThis.EDGE_NET_BASE || (document.currentScript && document.currentScript.src) || document.baseURI;';

/** The classic script's lazy imports are the ES build's chunks. */
const sharedChunks = {
  name: 'shared-chunks',
  resolveDynamicImport: (specifier) => (typeof specifier === 'string' && specifier.startsWith('./') ? { id: `./edge-net.${specifier.slice(2)}`, external: true } : null),
  renderDynamicImport: () => ({ left: 'import(new URL(', right: ', edgeNetBase).href)' }),
};

const browser = {
  ...quiet,
  input: {
    'edge-net': 'src/elements/edge-net.ts',
    'edge-net.engine': 'src/engine/worker/engine-worker.ts',
    'edge-net.compute': 'src/engine/worker/compute-worker.ts',
  },
  // Entries keep their own code: a page must not load what only its workers need.
  preserveEntrySignatures: 'allow-extension',
  output: { dir: 'dist', format: 'es', ...flat, plugins: [terser({ module: true })] },
  plugins: runtime,
};

const classic = {
  ...quiet,
  input: 'src/elements/edge-net.global.ts',
  // `module: true` would let terser drop the global.
  output: { file: 'dist/edge-net.global.js', format: 'iife', sourcemap: true, intro: CLASSIC_INTRO, plugins: [terser()] },
  plugins: [sharedChunks, ...runtime],
};

const node = {
  ...quiet,
  input: { index: 'src/engine/node/index.ts', cli: 'src/relay/cli.ts', compute: 'src/engine/node/compute-thread.ts' },
  external: [/^node:/u, 'classic-level', 'ws', 'commander'],
  output: { dir: 'dist/node', format: 'es', ...flat },
  plugins: runtime,
};

/** All of them, or those named: `rollup -c --config-node`. */
export default (args) => {
  const builds = { browser, classic, node };
  const named = Object.keys(builds).filter((name) => args[`config-${name}`]);
  return (named.length > 0 ? named : Object.keys(builds)).map((name) => builds[name]);
};
