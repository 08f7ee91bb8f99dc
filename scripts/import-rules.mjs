/**
 * Who may import whom, checked over the syntax tree of every file in src/. The table is the one of
 * docs/ARCHITECTURE.md; type-only imports and dynamic ones count like any other.
 */
import { parse } from '@babel/parser';
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const CORE = 'src/engine/core/';
const PORTS = 'src/engine/ports/';
const ENGINE = 'src/engine/';
const KERNEL_CONTRACT = ['src/kernels/kernel.ts', 'src/kernels/codec.ts'];
const KERNEL_FIELDS = 'src/kernels/fields.ts';
const KERNEL_WASM = 'src/kernels/wasm.ts';
const KERNEL_CATALOGUE = 'src/kernels/catalogue.ts';
const KERNEL_MANIFESTS = 'src/kernels/manifests.ts';
const KERNEL_CODE = 'src/kernels/registry.ts';
const SANDBOX = 'src/engine/sandbox/';
const TRAMPOLINE = 'src/engine/worker/trampoline.ts';
const SENSES = 'src/engine/senses/';

/**
 * The first rule whose `from` matches a file is that file's. A path ending in a slash is a folder; a file may always
 * import its own `from` folder. `types` may be imported as types alone; `packages` lists what may come from outside.
 */
const RULES = [
  { from: 'src/elements/dashboard/', may: ['src/engine/index.ts', 'src/elements/'], packages: ['lit', '@observablehq/plot'] },
  { from: 'src/elements/', may: ['src/engine/index.ts', 'src/engine/diagnosis/'], packages: ['lit', '@lit/context'] },
  { from: CORE, types: [PORTS], packages: ['@noble/hashes'], pure: true },
  { from: PORTS, types: [CORE] },
  { from: 'src/engine/driver/', may: [CORE, PORTS], packages: ['@noble/hashes'] },
  { from: 'src/engine/identity/', may: [CORE, PORTS], packages: ['@noble/hashes', 'tweetnacl', 'node:'] },
  { from: 'src/engine/descriptor/', may: [CORE, PORTS] },
  {
    from: 'src/engine/adapters/',
    may: [CORE, PORTS, ...KERNEL_CONTRACT, TRAMPOLINE, 'src/engine/seen-set.ts'],
    types: ['src/engine/guard.ts', SANDBOX],
    packages: ['gun', 'idb', 'classic-level', 'tweetnacl', 'node:'],
  },
  // Only the worker inside the sandbox loads a kernel; the frame around it is the page's.
  { from: SANDBOX, may: [ENGINE, 'src/kernels/sandboxed.ts'] },
  { from: 'src/engine/node/sandbox-thread.ts', may: [ENGINE, 'src/kernels/sandboxed.ts'], packages: ['node:'] },
  { from: 'src/engine/worker/compute-worker.ts', may: [ENGINE, KERNEL_CODE] },
  { from: 'src/engine/node/compute-thread.ts', may: [ENGINE, KERNEL_CODE], packages: ['node:'] },
  { from: 'src/engine/worker/', may: [ENGINE] },
  { from: 'src/engine/node/', may: [ENGINE, KERNEL_CATALOGUE, KERNEL_MANIFESTS], packages: ['ws', 'node:'] },
  { from: 'src/engine/host/', may: [ENGINE, KERNEL_CATALOGUE, KERNEL_MANIFESTS, ...KERNEL_CONTRACT, 'src/kernels/vector_insert/manifest.ts', 'src/kernels/vector_search/payload.ts', 'src/kernels/vector_search/shard.ts'] },
  { from: 'src/engine/diagnosis/', may: ['src/engine/worker/trusted.ts', SANDBOX] },
  { from: SENSES, types: ['src/engine/api.ts'] },
  { from: ENGINE, may: [CORE, PORTS, TRAMPOLINE, SENSES, SANDBOX], siblings: true },
  { from: 'src/kernels/kernel.ts' },
  { from: 'src/kernels/codec.ts', may: ['src/kernels/kernel.ts', 'src/kernels/codec-scan.ts'], packages: ['@msgpack/msgpack'] },
  { from: 'src/kernels/codec-scan.ts' },
  { from: KERNEL_CATALOGUE },
  { from: KERNEL_FIELDS, may: ['src/kernels/kernel.ts'] },
  { from: KERNEL_WASM, packages: ['node:'] },
  { from: KERNEL_MANIFESTS, may: ['src/kernels/kernel.ts', 'src/kernels/*/manifest.ts'] },
  { from: 'src/kernels/sandboxed.ts', may: ['src/kernels/kernel.ts', 'src/kernels/custom_wasm/'] },
  { from: KERNEL_CODE, may: ['src/kernels/kernel.ts', KERNEL_MANIFESTS, 'src/kernels/*/kernel.ts'] },
  // Routing is embedding and a sort; inserting is the other half of searching.
  { from: 'src/kernels/semantic_match/', may: [...KERNEL_CONTRACT, KERNEL_FIELDS, 'src/kernels/embedding/'] },
  { from: 'src/kernels/vector_insert/', may: [...KERNEL_CONTRACT, KERNEL_FIELDS, 'src/kernels/vector_search/'] },
  { from: 'src/kernels/*/', may: [...KERNEL_CONTRACT, KERNEL_FIELDS, KERNEL_WASM], packages: ['@huggingface/transformers', 'onnxruntime-web', 'fflate', 'node:'] },
  { from: 'src/relay/', may: [ENGINE, KERNEL_CATALOGUE, KERNEL_MANIFESTS, ...KERNEL_CONTRACT], packages: ['gun', 'ws', 'commander', 'node:'] },
];

/** Each package that may stand in one file only of these folders, so that it can be replaced there. */
const SINGLE_FILE = [
  { name: 'gun', folder: ENGINE },
  { name: 'gun', folder: 'src/relay/' },
];

/** What the core must not name: the clock, chance, I/O and whatever completes later. */
const IMPURE = new Set([
  'Date', 'performance', 'crypto', 'fetch', 'Promise', 'globalThis', 'self', 'window', 'process', 'console', 'queueMicrotask',
  'setTimeout', 'setInterval', 'setImmediate', 'requestAnimationFrame', 'WebSocket', 'XMLHttpRequest', 'Worker', 'postMessage', 'Intl',
]);

/**
 * @param {Map<string, string>} sources text by path, relative to the repository, with forward slashes
 * @returns {string[]} one line a violation, `path:line why`
 */
export function violations(sources) {
  const found = [];
  const importers = SINGLE_FILE.map(() => []);
  for (const [path, source] of sources) {
    const rule = RULES.find(({ from }) => matches(path, from));
    if (!rule) {
      found.push(`${path}:1 no rule covers this file: add its folder to scripts/import-rules.mjs and docs/ARCHITECTURE.md`);
      continue;
    }
    const { program } = parse(source, { sourceType: 'module', plugins: ['typescript'], createImportExpressions: true });
    for (const { specifier, isType, line } of importsOf(program)) {
      if (!isAllowed(path, rule, specifier, isType)) found.push(`${path}:${line} must not import ${specifier}`);
      SINGLE_FILE.forEach(({ name, folder }, index) => {
        if (path.startsWith(folder) && isPackage(specifier, name) && !importers[index].includes(path)) importers[index].push(path);
      });
    }
    if (rule.pure) for (const { what, line } of impurities(program)) found.push(`${path}:${line} the core is synchronous and has no ${what}`);
  }
  importers.forEach((paths, index) => {
    const { name, folder } = SINGLE_FILE[index];
    for (const path of paths.slice(1)) found.push(`${path}:1 ${name} is imported in ${paths[0]} already, and in one file of ${folder} only`);
  });
  return found;
}

function isAllowed(path, { from, may = [], types = [], packages = [], siblings = false }, specifier, isType) {
  if (!specifier.startsWith('.')) return packages.some((name) => isPackage(specifier, name));
  const target = posix.join(posix.dirname(path), specifier).replace(/\.js$/u, '.ts');
  if (siblings) {
    if (posix.dirname(target) === posix.dirname(path)) return true;
  } else if (from.endsWith('/') && folderOf(target, from) !== undefined && folderOf(target, from) === folderOf(path, from)) {
    return true;
  }
  return may.some((pattern) => matches(target, pattern)) || (isType && types.some((pattern) => matches(target, pattern)));
}

/** `node:` stands for every built-in module. */
const isPackage = (specifier, name) => (name === 'node:' ? specifier.startsWith(name) : specifier === name || specifier.startsWith(`${name}/`));

const matches = (path, pattern) => expression(pattern).test(path);

/** The part of `path` that a folder pattern covers: kinds of kernels are strangers to each other. */
const folderOf = (path, pattern) => expression(pattern).exec(path)?.[0];

const expression = (pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}${pattern.endsWith('/') ? '' : '$'}`, 'u');

function* importsOf(program) {
  for (const [node] of walk(program)) {
    const line = node.loc?.start.line;
    if (node.type === 'ImportDeclaration' || node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') {
      if (node.source) yield { specifier: node.source.value, isType: isTypeOnly(node), line };
    } else if (node.type === 'ImportExpression' && node.source.type === 'StringLiteral') {
      yield { specifier: node.source.value, isType: false, line };
    } else if (node.type === 'TSImportType') {
      yield { specifier: node.argument.value ?? node.argument.literal?.value, isType: true, line };
    }
  }
}

function isTypeOnly(node) {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = node.specifiers ?? [];
  return specifiers.length > 0 && specifiers.every(({ importKind, exportKind }) => importKind === 'type' || exportKind === 'type');
}

function* impurities(program) {
  const own = ownNames(program);
  for (const [node, parent, role] of walk(program)) {
    const line = node.loc?.start.line;
    if (node.async) yield { what: 'async function', line };
    if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)) yield { what: 'await', line };
    if (node.type === 'ImportExpression') yield { what: 'dynamic import', line };
    if (node.type !== 'Identifier' || isName(parent, role)) continue;
    if (IMPURE.has(node.name) && !own.has(node.name)) yield { what: node.name, line };
    // Math may be used by member, so that none can reach `random` another way.
    if (node.name === 'Math' && !isHarmlessMath(parent, role)) yield { what: 'Math.random', line };
  }
}

/** Parameters and variables of the file: a `self` of its own is not the global one. */
function ownNames(program) {
  const names = new Set();
  for (const [node, parent, role] of walk(program)) {
    if (node.type === 'Identifier' && (role === 'params' || role === 'parameters' || (role === 'id' && parent.type === 'VariableDeclarator'))) names.add(node.name);
  }
  return names;
}

/** Names of members and properties refer to nothing outside. */
const isName = (parent, role) => !parent.computed && (role === 'key' || (role === 'property' && parent.type.endsWith('MemberExpression')));

const isHarmlessMath = (parent, role) => parent.type === 'MemberExpression' && role === 'object' && !parent.computed && parent.property.name !== 'random';

/** Every node, in the order of the text, with its parent and the name of the field it stands in. */
function* walk(root) {
  const ahead = [[root]];
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    yield next;
    const children = [];
    for (const [role, value] of Object.entries(next[0])) {
      if (role.endsWith('omments')) continue;
      for (const child of Array.isArray(value) ? value : [value]) if (typeof child?.type === 'string') children.push([child, next[0], role]);
    }
    ahead.push(...children.reverse());
  }
}

/** Text of every TypeScript file in src/. */
export async function readSources() {
  const entries = await readdir(join(ROOT, 'src'), { recursive: true });
  const paths = entries.map((path) => `src/${path.replaceAll('\\', '/')}`).filter((path) => path.endsWith('.ts')).sort();
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(join(ROOT, path), 'utf8')])));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sources = await readSources();
  const found = violations(sources);
  for (const line of found) console.error(line);
  console.log(`${sources.size} files, ${found.length} violations of the import rules`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
