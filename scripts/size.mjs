/**
 * `npm run size`: what a visitor downloads, gzip, against the budgets of DESIGN 7; exits 1 over budget, or where README's
 * table says otherwise. `-- --write` writes that table. Read from the built files: an entry's size is its own and that
 * of everything it imports statically.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const README = fileURLToPath(new URL('../README.md', import.meta.url));
const KB = 1024;

/** A compressor of another version differs by as much. */
const TOLERANCE_KB = 0.1;
const TOLERANCE_SHARE = 0.02;
/** Of a difference between two numbers of one decimal. */
const ROUNDING_KB = 1e-9;

const BLOCK = /(<!-- sizes -->\n)([\s\S]*?)(<!-- \/sizes -->)/u;

/** What a contributing page has loaded before the first task comes. */
const CORE = ['edge-net.js', 'edge-net.init.js', 'edge-net.consent-prompt.js', 'edge-net.badge.js', 'edge-net.runs.js', 'edge-net.client.js', 'edge-net.engine.js', 'edge-net.compute.js'];

/** Each kind's files, loaded with the first task of it; model runtimes apart. */
const KERNELS = {
  vector_search: ['edge-net.vector-search.js', 'vector_search.wasm'],
  vector_insert: ['edge-net.vector-insert.js', 'vector_search.wasm'],
  embedding: ['edge-net.embedding.js'],
  semantic_match: ['edge-net.semantic-match.js'],
  neural_inference: ['edge-net.neural-inference.js', 'neural_inference.wasm'],
  encryption: ['edge-net.encryption.js'],
  compression: ['edge-net.compression.js'],
  custom_wasm: ['edge-net.frame-host.js', 'edge-net.frame.js', 'edge-net.sandbox.js'],
};

const ENTRY = ['edge-net.js'];

/** `beyond` names what has been loaded before, and is not counted again. @type {readonly {what: string, files: readonly string[], beyond?: readonly string[], budgetKb?: number}[]} */
const ROWS = [
  { what: 'entry, ES module', files: ENTRY, budgetKb: 10 },
  { what: 'stub of the one tag, before the page has loaded', files: ['edge-net.global.js'] },
  { what: 'one tag: stub and entry', files: ['edge-net.global.js', ...ENTRY], budgetKb: 10 },
  { what: 'consent prompt', files: ['edge-net.consent-prompt.js'] },
  { what: 'engine: page client and worker', files: ['edge-net.client.js', 'edge-net.engine.js'] },
  { what: 'compute worker', files: ['edge-net.compute.js'] },
  { what: 'core: all of this, before the first task', files: CORE, budgetKb: 150 },
  ...Object.entries(KERNELS).map(([kind, files]) => ({ what: `kernel ${kind}`, files })),
  // The original design's table has 230 KB for a core with its kernels.
  { what: 'core and every kernel, without model runtimes', files: [...CORE, ...Object.values(KERNELS).flat()], budgetKb: 230 },
  ...Object.entries({ widget: 15, leaderboard: undefined, log: undefined, task: undefined, dashboard: undefined })
    .map(([view, budgetKb]) => ({ what: `${view} (optional)`, files: [`edge-net.${view}-view.js`], beyond: ENTRY, budgetKb })),
  { what: 'model runtime: transformers.js, ONNX Runtime', files: ['edge-net.transformers.js', 'edge-net.onnxruntime.js', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'] },
];

function closure(files) {
  const seen = new Set();
  const visit = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    if (!file.endsWith('.js')) return;
    for (const [, chunk] of readFileSync(join(DIST, file), 'utf8').matchAll(/(?:from|import)\s*"\.\/([^"]+)"/gu)) visit(chunk);
  };
  files.forEach(visit);
  return [...seen];
}

const gzip = (file) => gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length;

/** @returns {{what: string, kb: number, budgetKb?: number, isOver: boolean}[]} `kb` is rounded; budgets hold to the byte. */
export function sizes() {
  const missing = ROWS.flatMap(({ files }) => files).filter((file) => !existsSync(join(DIST, file)));
  if (missing.length > 0) throw new Error(`dist lacks ${[...new Set(missing)].join(', ')}: run npm run build.`);
  return ROWS.map(({ what, files, beyond = [], budgetKb }) => {
    const before = new Set(closure(beyond));
    const kb = closure(files).filter((file) => !before.has(file)).reduce((sum, file) => sum + gzip(file), 0) / KB;
    return { what, kb: Math.round(kb * 10) / 10, ...(budgetKb === undefined ? {} : { budgetKb }), isOver: budgetKb !== undefined && kb > budgetKb };
  });
}

/** The rows as README has them. */
export function table(rows) {
  return ['| what a visitor downloads | KB, gzip | budget |', '|---|---:|---:|', ...rows.map(({ what, kb, budgetKb }) => `| ${what} | ${kb.toFixed(1)} | ${budgetKb ?? ''} |`), ''].join('\n');
}

/** @returns {string[]} what `readme` says of sizes that is no longer so */
export function outdated(readme, rows) {
  const block = BLOCK.exec(readme)?.[2];
  if (block === undefined) return ['README.md has no <!-- sizes --> block.'];
  const said = new Map([...block.matchAll(/^\| (.+?) \| ([\d.]+) \| ([\d.]*) \|$/gmu)].map(([, what, kb, budget]) => [what, { kb: Number(kb), budget }]));
  const wrong = rows.flatMap(({ what, kb, budgetKb }) => {
    const row = said.get(what);
    const isRight = row && row.budget === String(budgetKb ?? '') && Math.abs(row.kb - kb) <= Math.max(TOLERANCE_KB, kb * TOLERANCE_SHARE) + ROUNDING_KB;
    return isRight ? [] : [`README.md says ${row ? `${row.kb} KB` : 'nothing'} of "${what}", which has ${kb} KB.`];
  });
  const gone = [...said.keys()].filter((what) => !rows.some((row) => row.what === what));
  return [...wrong, ...gone.map((what) => `README.md has a row "${what}", which is gone.`)];
}

function main() {
  const rows = sizes();
  if (process.argv.includes('--write')) writeFileSync(README, readFileSync(README, 'utf8').replace(BLOCK, (_, open, __, close) => `${open}${table(rows)}${close}`));
  const wrong = outdated(readFileSync(README, 'utf8'), rows);
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else for (const { what, kb, budgetKb, isOver } of rows) process.stdout.write(`${what.padEnd(50)} ${kb.toFixed(1).padStart(8)} KB${budgetKb === undefined ? '' : `  of ${budgetKb}${isOver ? '  OVER' : ''}`}\n`);
  for (const line of wrong) process.stderr.write(`${line}\n`);
  if (wrong.length > 0) process.stderr.write('Run npm run size -- --write and commit README.md.\n');
  return wrong.length > 0 || rows.some(({ isOver }) => isOver) ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(main());
