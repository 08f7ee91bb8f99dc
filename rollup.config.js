/**
 * Three builds. Browser: ES modules, flat, with lazy chunks and two module workers. Classic: one script that sets
 * `window.EdgeNet` and shares those chunks. Node: the library, the command and the compute thread.
 */
import alias from '@rollup/plugin-alias';
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import esbuild from 'rollup-plugin-esbuild';
import { thirdPartyNotices } from './scripts/third-party.mjs';

const target = 'es2022';
const compress = { passes: 3, ecma: 2022 };
const format = { comments: false };

/** What is left to do of GUN's index and of its socket module. */
const INDEX = ";USE(function(module){ module.exports = USE('./root') })(USE, './index');";
const EXPORT_MESH = ";USE(function(module){ USE('./index').Mesh = USE('./mesh') })(USE, './websocket');";

/**
 * GUN's single file also holds the chained API, a socket, a browser store and deprecated utilities, none of which is used
 * here (`gun.ts` takes its core and mesh alone): half of its weight. Cut by name; the build fails where a name is
 * not found, and the network and page tests run on what is left.
 */
const gunCore = {
  name: 'gun-core',
  transform(code, id) {
    if (!id.endsWith('/node_modules/gun/gun.js')) return null;
    const start = (module) => code.lastIndexOf(';USE(function(module)', code.indexOf(`})(USE, '${module}');`));
    const [chain, mesh, socket] = ['./back', './mesh', './websocket'].map(start);
    const end = code.indexOf('}());', code.indexOf("})(USE, './localStorage');"));
    if (!(chain > 0 && chain < mesh && mesh < socket && socket < end)) this.error('gun.js is laid out differently from the pinned version.');
    return { code: code.slice(0, chain) + INDEX + code.slice(mesh, socket) + EXPORT_MESH + code.slice(end, end + '}());'.length), map: { mappings: '' } };
  },
};

/** What this build of Plot throws when it is asked for what was left out of it. */
const ABSENT = "() => { throw new Error('This build of Observable Plot has neither maps nor legends nor colour schemes.'); }";

/** By module and export, what takes its place. */
const PLOT_CUT = {
  'projection.js': { createProjection: '() => undefined', hasProjection: '() => false', projectionAspectRatio: '() => undefined', project: ABSENT, applyPosition: ABSENT, getGeometryChannels: ABSENT, xyProjection: ABSENT },
  'legends.js': { createLegends: '() => []', exposeLegends: `() => ${ABSENT}`, legend: ABSENT },
  'scales/schemes.js': { isCategoricalScheme: '() => false', isDivergingScheme: '() => false', ordinalScheme: ABSENT, ordinalRange: ABSENT, maybeBooleanRange: ABSENT, quantitativeScheme: ABSENT },
};

/**
 * Plot's one function draws maps, colour scales and their legends too, so that no bundler can tell they are not used: a
 * third of its weight. Cut by name; the build fails where a module exports something else, and test/pages/dashboard.test.ts
 * draws with what is left.
 */
const plotCore = {
  name: 'plot-core',
  transform(code, id) {
    const [, file] = /\/@observablehq\/plot\/src\/(.+)$/u.exec(id) ?? [];
    if (!file || file === 'index.js') return null;
    const cut = PLOT_CUT[file];
    // As Plot's package.json says, which would be lost on the way here.
    if (!cut) return { code, map: null, moduleSideEffects: false };
    const exported = [...code.matchAll(/^export function (\w+)/gmu)].map(([, name]) => name);
    if ([...exported].sort().join() !== Object.keys(cut).sort().join()) this.error(`Plot's ${file} exports ${exported.join(', ')}, unlike the pinned version.`);
    return { code: Object.entries(cut).map(([name, instead]) => `export const ${name} = ${instead};`).join('\n'), map: { mappings: '' } };
  },
};

/** Style sheets are text, which no minifier of scripts looks into. Files that hold nothing else lose their spaces here. */
const styleSheets = {
  name: 'style-sheets',
  transform: (code, id) => (/src\/elements\/.*(?:-style|palette)\.ts$/u.test(id) ? { code: code.replaceAll(/\/\*.*?\*\//gsu, '').replaceAll(/\s*([{};,])\s+/gu, '$1'), map: { mappings: '' } } : null),
};

/** transformers.js asks for the WebGPU runtime, twice the size; and its Node build would bring a native one. */
const runtime = [
  alias({ entries: [{ find: 'onnxruntime-web/webgpu', replacement: 'onnxruntime-web/wasm' }] }),
  resolve({ browser: true, preferBuiltins: true, exportConditions: ['browser', 'import', 'default', 'onnxruntime-web-use-extern-wasm'] }),
  gunCore,
  plotCore,
  styleSheets,
  commonjs({ exclude: ['src/**'] }),
  esbuild({ target }),
];

const quiet = {
  onwarn(warning, warn) {
    const known = (warning.code === 'CIRCULAR_DEPENDENCY' || warning.code === 'EVAL' || warning.code === 'THIS_IS_UNDEFINED') && /node_modules/u.test(warning.ids?.[0] ?? warning.id ?? warning.message);
    if (!known) warn(warning);
  },
};

const HALVES = { kernel: (kind) => kind, manifest: (kind) => `${kind}.manifest` };

const flat = {
  sourcemap: true,
  entryFileNames: '[name].js',
  // Flat beside the entry: everything is found by import.meta.url. The halves of a kind are told apart by its folder.
  chunkFileNames: ({ name, facadeModuleId, moduleIds }) => `edge-net.${HALVES[name]?.((facadeModuleId ?? moduleIds.at(-1)).split('/').at(-2).replace('_', '-')) ?? name}.js`,
};

/**
 * Where the classic script lies, noted while `document.currentScript` still says so. On a server, where a framework may import
 * what its pages do, the script has nothing to do.
 */
const CLASSIC_INTRO = "if (!globalThis.document) return; var edgeNetBase = new URL(globalThis.EDGE_NET_BASE?.replace(/\\/?$/, '/') || document.currentScript?.src || '', document.baseURI);";

/** Chunk of every module that the ES build loads lazily, by the module's path. */
const lazyChunks = new Map();

const rememberChunks = {
  name: 'remember-chunks',
  generateBundle(_, bundle) {
    for (const { type, facadeModuleId, fileName } of Object.values(bundle)) if (type === 'chunk' && facadeModuleId) lazyChunks.set(facadeModuleId, fileName);
  },
};

/** The classic script's lazy imports are the ES build's chunks. */
const sharedChunks = {
  name: 'shared-chunks',
  async resolveDynamicImport(specifier, importer) {
    if (typeof specifier !== 'string') return null;
    const target = await this.resolve(specifier, importer);
    const chunk = lazyChunks.get(target?.id);
    if (!chunk) this.error(`The ES build has no chunk for ${specifier}, which ${importer} imports lazily.`);
    return { id: `./${chunk}`, external: true };
  },
  renderDynamicImport: () => ({ left: 'import(new URL(', right: ', edgeNetBase))' }),
};

const PAGE_ENTRY = 'src/elements/edge-net.ts';

/**
 * What the page's entry brings, in chunks of its own: `shared` with the workers, `page` without. Left in the entry, its lazy chunks would
 * import the entry by its plain name: a second copy for a page that loads it as `edge-net.js?v=2`, by a redirect, or
 * through the classic script.
 */
function pageChunks(id, { getModuleInfo, getModuleIds }) {
  pageChunks.of ??= chunksOfPage(getModuleInfo, [...getModuleIds()]);
  return pageChunks.of.get(id);
}

function chunksOfPage(getModuleInfo, ids) {
  const closure = (roots) => {
    const seen = new Set();
    for (const ahead = [...roots]; ahead.length > 0; ) {
      const id = ahead.pop();
      if (seen.has(id)) continue;
      seen.add(id);
      ahead.push(...(getModuleInfo(id)?.importedIds ?? []));
    }
    return seen;
  };
  const [entries, workers] = [true, false].map((isPage) => ids.filter((id) => getModuleInfo(id).isEntry && id.endsWith(PAGE_ENTRY) === isPage));
  const inWorkers = closure(workers);
  return new Map([...closure(entries)].filter((id) => !entries.includes(id)).map((id) => [id, inWorkers.has(id) ? 'shared' : 'page']));
}

/** The model runtime by itself, since it is large, slow to bundle, and changes only with the lock file. */
const RUNTIME = { '@huggingface/transformers': 'edge-net.transformers', 'onnxruntime-web/wasm': 'edge-net.onnxruntime' };

const modelRuntime = {
  ...quiet,
  input: Object.fromEntries(Object.entries(RUNTIME).map(([module, name]) => [name, module])),
  output: { dir: 'node_modules/.cache/edge-net-runtime', format: 'es', ...flat, chunkFileNames: 'edge-net.[name].js', plugins: [terser({ module: true, compress, format })] },
  plugins: [...runtime, thirdPartyNotices('THIRD-PARTY.model-runtime.txt')],
};

/** The kernels' lazy imports of the runtime are the files it was bundled to. */
const sharedRuntime = {
  name: 'shared-runtime',
  resolveDynamicImport: (specifier) => (typeof specifier === 'string' && specifier in RUNTIME ? { id: `./${RUNTIME[specifier]}.js`, external: true } : null),
};

const browser = {
  ...quiet,
  input: {
    'edge-net': PAGE_ENTRY,
    'edge-net.engine': 'src/engine/worker/engine-worker.ts',
    'edge-net.compute': 'src/engine/worker/compute-worker.ts',
  },
  // Entries keep their own code: a page must not load what only its workers need.
  preserveEntrySignatures: 'allow-extension',
  output: { dir: 'dist', format: 'es', ...flat, manualChunks: pageChunks, onlyExplicitManualChunks: true, plugins: [terser({ module: true, compress, format })] },
  plugins: [sharedRuntime, ...runtime, rememberChunks, thirdPartyNotices('THIRD-PARTY.txt')],
};

const classic = {
  ...quiet,
  input: 'src/elements/edge-net.global.ts',
  // `module: true` would let terser drop the global.
  output: { file: 'dist/edge-net.global.js', format: 'iife', sourcemap: true, intro: CLASSIC_INTRO, plugins: [terser({ compress, format })] },
  plugins: [sharedChunks, ...runtime],
};

/** Classic scripts of one file each: a sandbox can load nothing more. */
const standalone = (input, file) => ({
  ...quiet,
  input,
  output: { file, format: 'iife', sourcemap: true, plugins: [terser({ compress, format })] },
  plugins: [...runtime],
});

const SANDBOX_ENTRY = 'src/engine/sandbox/entry.ts';

const node = {
  ...quiet,
  input: { index: 'src/engine/node/index.ts', cli: 'src/relay/cli.ts', compute: 'src/engine/node/compute-thread.ts', sandbox: 'src/engine/node/sandbox-thread.ts' },
  external: [/^node:/u, 'classic-level', 'ws', 'commander'],
  output: { dir: 'dist/node', format: 'es', ...flat },
  plugins: [sharedRuntime, ...runtime, thirdPartyNotices('THIRD-PARTY.txt')],
};

/** All of them, or those named: `rollup -c --config-node`. */
export default (args) => {
  const builds = {
    runtime: modelRuntime,
    browser: [browser, standalone('src/engine/sandbox/frame.ts', 'dist/edge-net.frame.js'), standalone(SANDBOX_ENTRY, 'dist/edge-net.sandbox.js')],
    classic,
    node: [node, standalone(SANDBOX_ENTRY, 'dist/node/edge-net.sandbox.js')],
  };
  const named = Object.keys(builds).filter((name) => args[`config-${name}`]);
  return (named.length > 0 ? named : Object.keys(builds)).flatMap((name) => builds[name]);
};
