/** Reads a TensorFlow.js graph model's weights: one manifest, its shards laid end to end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Prefixes that say nothing about a weight's place are dropped from its name, so
 * `…/Encode/Layer_0/TransformerLayer/FFN/conv1/bias/ConcatPartitions/concat` is `Layer_0/FFN/conv1/bias`.
 */
function shortName(name) {
  return name
    .replace(/^.*?(Layer_\d|hidden_layers|Embeddings_en)/, '$1')
    .replace('TransformerLayer/', '')
    .replace('AddTimingSignal/', '')
    .replace(/\/(ConcatPartitions\/concat|part_0|Tensordot\/Reshape_1)$/, '');
}

/**
 * @param {string} folder where `model.json` and its shards lie
 * @returns {Map<string, {shape: number[], data: Float32Array}>} the float weights by short name
 */
export function readWeights(folder) {
  const [group] = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')).weightsManifest;
  const shards = Buffer.concat(group.paths.map((path) => readFileSync(join(folder, path))));
  const weights = new Map();
  let offset = 0;
  for (const { name, dtype, shape } of group.weights) {
    const length = shape.reduce((product, dim) => product * dim, 1);
    if (dtype === 'float32') {
      const data = new Float32Array(length);
      for (let i = 0; i < length; i++) data[i] = shards.readFloatLE(offset + 4 * i);
      weights.set(shortName(name), { shape, data });
    }
    offset += 4 * length;
  }
  return weights;
}
