/**
 * Universal Sentence Encoder Lite (Cer et al., 2018, arXiv:1803.11175) as an ONNX graph: two transformer
 * layers over a SentencePiece vocabulary, the mean over the tokens, one tanh layer. The published
 * TensorFlow graph works on ragged batches with gathers and scatters; here a padded batch and a mask
 * say the same. The vector is left unnormalised; the caller scales it to unit length.
 */
import { FLOAT, Graph, INT64 } from './onnx.mjs';

const HEADS = 4;
const EPSILON = Math.fround(1e-6);
const MASKED = -1e9;
const DIMS = 512;

/**
 * Stores a weight matrix as eight-bit integers with one scale a column (or a row), and adds nodes that
 * undo it. The runtime folds them into constants when it loads the model: the file is a quarter of the
 * size and the arithmetic stays float32, so a text's vector does not depend on its neighbours' ranges.
 */
class Matrices {
  constructor(graph, weights, quantised) {
    this.graph = graph;
    this.weights = weights;
    this.quantised = quantised;
  }

  vector(name) {
    const { data } = this.weights.get(name);
    return this.graph.constant(name, [data.length], data);
  }

  /** `[inputs, outputs]`, one scale for each output. */
  matrix(name) {
    const { shape, data } = this.weights.get(name);
    const [rows, columns] = shape.slice(-2);
    if (!this.quantised) return this.graph.constant(name, [rows, columns], data);
    const scales = new Float32Array(columns);
    for (let i = 0; i < data.length; i++) scales[i % columns] = Math.max(scales[i % columns], Math.abs(data[i]) / 127);
    const codes = Int8Array.from(data, (value, i) => Math.round(value / scales[i % columns]));
    const floats = this.graph.node('Cast', [this.graph.constant(name, [rows, columns], codes)], { to: { i: FLOAT } });
    return this.graph.node('Mul', [floats, this.graph.constant(`${name}/scale`, [columns], scales)]);
  }

  /** Rows of a table by index, one scale for each row. */
  lookup(name, indices) {
    const { shape: [rows, columns], data } = this.weights.get(name);
    if (!this.quantised) return this.graph.node('Gather', [this.graph.constant(name, [rows, columns], data), indices]);
    const scales = new Float32Array(rows);
    for (let i = 0; i < data.length; i++) {
      const row = Math.floor(i / columns);
      scales[row] = Math.max(scales[row], Math.abs(data[i]) / 127);
    }
    const codes = Int8Array.from(data, (value, i) => Math.round(value / scales[Math.floor(i / columns)]));
    const picked = this.graph.node('Gather', [this.graph.constant(name, [rows, columns], codes), indices]);
    const scale = this.graph.node('Gather', [this.graph.constant(`${name}/scale`, [rows, 1], scales), indices]);
    return this.graph.node('Mul', [this.graph.node('Cast', [picked], { to: { i: FLOAT } }), scale]);
  }
}

/**
 * @param {Map<string, {shape: number[], data: Float32Array}>} weights from `readWeights`
 * @param {boolean} quantised eight-bit weights instead of float32
 * @returns {Buffer} an ONNX file: `input_ids`, `attention_mask` int64 [batch, sequence] to
 *   `last_hidden_state` float32 [batch, 1, 512]
 */
export function buildGraph(weights, quantised) {
  const graph = new Graph();
  const matrices = new Matrices(graph, weights, quantised);
  const node = graph.node.bind(graph);
  const dense = (x, kernel, bias) => node('Add', [node('MatMul', [x, matrices.matrix(kernel)]), matrices.vector(bias)]);
  const layerNorm = (x, name) =>
    node('LayerNormalization', [x, matrices.vector(`${name}_scale`), matrices.vector(`${name}_bias`)], {
      axis: { i: -1 },
      epsilon: { f: EPSILON },
    });

  const ids = graph.input('input_ids', INT64, ['batch', 'sequence']);
  const mask = node('Cast', [graph.input('attention_mask', INT64, ['batch', 'sequence'])], { to: { i: FLOAT } });

  const bias = node('Unsqueeze', [
    node('Mul', [node('Sub', [graph.scalar(1), mask]), graph.scalar(MASKED)]),
    graph.ints(1, 2),
  ]);

  function attention(x, layer, width) {
    const size = width / HEADS;
    const qkv = dense(x, `${layer}/MultiheadAttention/qkv_transform_single/kernel`, `${layer}/MultiheadAttention/qkv_transform_single/bias`);
    const parts = [`${layer}/q`, `${layer}/k`, `${layer}/v`];
    node('Split', [qkv], { axis: { i: 2 } }, parts);
    const heads = (part, perm) => node('Transpose', [node('Reshape', [part, graph.ints(0, 0, HEADS, size)])], { perm: { ints: perm } });
    const query = node('Mul', [heads(parts[0], [0, 2, 1, 3]), graph.scalar(Math.fround(1 / Math.sqrt(size)))]);
    const scores = node('MatMul', [query, heads(parts[1], [0, 2, 3, 1])]);
    const shares = node('Softmax', [node('Add', [scores, bias])], { axis: { i: -1 } });
    const mixed = node('Transpose', [node('MatMul', [shares, heads(parts[2], [0, 2, 1, 3])])], { perm: { ints: [0, 2, 1, 3] } });
    const joined = node('Reshape', [mixed, graph.ints(0, 0, width)]);
    return dense(joined, `${layer}/MultiheadAttention/output_transform_single/kernel`, `${layer}/MultiheadAttention/output_transform_single/bias`);
  }

  function feedForward(x, layer) {
    const wide = dense(layerNorm(x, `${layer}/FFN/layer_prepostprocess/layer_norm/layer_norm`), `${layer}/FFN/conv1`, `${layer}/FFN/conv1/bias`);
    return dense(node('Relu', [wide]), `${layer}/FFN/conv2`, `${layer}/FFN/conv2/bias`);
  }

  const transformer = (x, layer, width, residual) => {
    const attended = node('Add', [attention(layerNorm(x, `${layer}/layer_prepostprocess/layer_norm/layer_norm`), layer, width), residual]);
    return node('Add', [feedForward(attended, layer), attended]);
  };

  // Positions as sines and cosines. The published graph adds them to the words and the words again.
  const words = matrices.lookup('Embeddings_en', ids);
  const length = node('Squeeze', [node('Shape', [ids], { start: { i: 1 }, end: { i: 2 } })]);
  const positions = node('Range', [
    graph.constant('zero', [], BigInt64Array.of(0n)),
    length,
    graph.constant('one', [], BigInt64Array.of(1n)),
  ]);
  const frequencies = weights.get('Layer_0/TimingSignal/ExpandDims_1');
  const angles = node('Mul', [
    node('Unsqueeze', [node('Cast', [positions], { to: { i: FLOAT } }), graph.ints(1)]),
    graph.constant('frequencies', frequencies.shape, frequencies.data),
  ]);
  const timing = node('Concat', [node('Sin', [angles]), node('Cos', [angles])], { axis: { i: 1 } });
  const embedded = node('Add', [node('Add', [words, timing]), words]);

  const first = transformer(embedded, 'Layer_0', 256, dense(embedded, 'Layer_0/dense/kernel', 'Layer_0/dense/bias'));
  const second = transformer(first, 'Layer_1', DIMS, first);

  const column = node('Unsqueeze', [mask, graph.ints(2)]);
  const sum = node('ReduceSum', [node('Mul', [second, column]), graph.ints(1)], { keepdims: { i: 1 } });
  const count = node('Max', [node('ReduceSum', [column, graph.ints(1)], { keepdims: { i: 1 } }), graph.scalar(1)]);
  const sentence = dense(node('Div', [sum, count]), 'hidden_layers/tanh_layer_0/weights', 'hidden_layers/tanh_layer_0/bias');
  node('Tanh', [sentence], {}, ['last_hidden_state']);
  graph.output('last_hidden_state', FLOAT, ['batch', 1, DIMS]);
  return graph.serialise('use-lite');
}
