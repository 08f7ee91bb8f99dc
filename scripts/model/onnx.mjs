/**
 * The little of ONNX's protobuf schema that the converted model needs, written by hand: messages are
 * length-delimited lists of fields, so each builder returns bytes and the outermost is the file.
 * Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (IR 8, opset 17).
 */

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

export const FLOAT = 1;
export const INT8 = 3;
export const INT64 = 7;

function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

const tag = (field, wire) => varint((field << 3) | wire);
const integer = (field, value) => Buffer.concat([tag(field, VARINT), varint(value)]);
const float = (field, value) => {
  const bits = Buffer.alloc(4);
  bits.writeFloatLE(value);
  return Buffer.concat([tag(field, FIXED32), bits]);
};
const bytes = (field, value) => Buffer.concat([tag(field, BYTES), varint(value.length), value]);
const text = (field, value) => bytes(field, Buffer.from(value));

const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

/** `{i: 1}`, `{f: 0.5}` or `{ints: [1, 2]}` under a name. */
function attribute(name, { i, f, ints }) {
  if (f !== undefined) return Buffer.concat([text(1, name), float(2, f), integer(20, ATTRIBUTE_FLOAT)]);
  if (i !== undefined) return Buffer.concat([text(1, name), integer(3, i), integer(20, ATTRIBUTE_INT)]);
  return Buffer.concat([text(1, name), ...ints.map((value) => integer(8, value)), integer(20, ATTRIBUTE_INTS)]);
}

function tensor(name, dims, type, data) {
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([...dims.map((dim) => integer(1, dim)), integer(2, type), text(8, name), bytes(9, raw)]);
}

/** An input or output; a dimension is a number or the name of a variable one. */
function port(name, type, dims) {
  const shape = dims.map((dim) => bytes(1, typeof dim === 'number' ? integer(1, dim) : text(2, dim)));
  const tensorType = Buffer.concat([integer(1, type), bytes(2, Buffer.concat(shape))]);
  return Buffer.concat([text(1, name), bytes(2, bytes(1, tensorType))]);
}

/** Collects nodes and constants in the order they are added, and prints them as one ONNX file. */
export class Graph {
  #nodes = [];
  #constants = new Map();
  #inputs = [];
  #outputs = [];

  input(name, type, dims) {
    this.#inputs.push(port(name, type, dims));
    return name;
  }

  output(name, type, dims) {
    this.#outputs.push(port(name, type, dims));
  }

  constant(name, dims, data) {
    const type = data instanceof Float32Array ? FLOAT : data instanceof Int8Array ? INT8 : INT64;
    this.#constants.set(name, tensor(name, dims, type, data));
    return name;
  }

  ints(...values) {
    return this.constant(`ints_${values.join('_')}`, [values.length], BigInt64Array.from(values, BigInt));
  }

  scalar(value) {
    return this.constant(`scalar_${value}`, [], Float32Array.of(value));
  }

  /** Adds a node and returns the name of its (first) output. */
  node(operator, inputs, attributes = {}, outputs = [`${operator}_${this.#nodes.length}`]) {
    this.#nodes.push(
      Buffer.concat([
        ...inputs.map((name) => text(1, name)),
        ...outputs.map((name) => text(2, name)),
        text(3, outputs[0]),
        text(4, operator),
        ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
      ]),
    );
    return outputs[0];
  }

  serialise(name) {
    const graph = Buffer.concat([
      ...this.#nodes.map((node) => bytes(1, node)),
      text(2, name),
      ...[...this.#constants.values()].map((constant) => bytes(5, constant)),
      ...this.#inputs.map((value) => bytes(11, value)),
      ...this.#outputs.map((value) => bytes(12, value)),
    ]);
    const opset = Buffer.concat([text(1, ''), integer(2, 17)]);
    return Buffer.concat([integer(1, 8), text(2, 'edge-net'), bytes(7, graph), bytes(8, opset)]);
  }
}
