/** The fields of a `neural_inference` payload: plain, typed or base64 in; 32-bit floats, checked, out. */
import { bad, fromBase64, readCount } from '../fields.js';
import type { Layer, Reset } from './network.js';

const PAYLOAD_FIELDS = ['layers', 'timesteps', 'input', 'inputs', 'samples', 'membranes'];
const LAYER_FIELDS = ['weights', 'shape', 'bias', 'beta', 'threshold', 'reset'];
const RESETS: readonly unknown[] = ['subtract', 'zero'] satisfies Reset[];
const LAYERS_MAX = 64;
const THRESHOLD_DEFAULT = 1;

export function checkPayload(payload: unknown): Record<string, unknown> {
  if (!isRecord(payload)) throw bad('The payload must be an object {layers, timesteps, input or inputs}.');
  checkFields(payload, '', PAYLOAD_FIELDS);
  return payload;
}

export function readFlag(value: unknown, name: string): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw bad(`\`${name}\` must be true or false.`);
  return value === true;
}

/** Each layer has as many inputs as the one before it has neurons. */
export function readLayers(value: unknown): readonly Layer[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > LAYERS_MAX) throw bad(`\`layers\` must be an array of 1 to ${LAYERS_MAX} layers.`);
  const layers: Layer[] = [];
  for (const [i, each] of value.entries()) {
    const layer = readLayer(each, `layers[${i}]`);
    const before = layers.at(-1);
    if (before && layer.shape[1] !== before.shape[0]) {
      throw bad(`\`layers[${i}].weights\` has ${layer.shape[1]} columns, but the layer before it has ${before.shape[0]} neurons.`);
    }
    layers.push(layer);
  }
  return layers;
}

function readLayer(value: unknown, name: string): Layer {
  if (!isRecord(value)) throw bad(`\`${name}\` must be an object {weights, bias?, beta, threshold?, reset?}.`);
  checkFields(value, `${name}.`, LAYER_FIELDS);
  const { weights, shape, bias, beta, threshold = THRESHOLD_DEFAULT, reset = 'subtract' } = value;
  const matrix = readMatrix(weights, shape, name);
  const [neurons] = matrix.shape;
  if (!RESETS.includes(reset)) throw bad(`\`${name}.reset\` must be one of ${RESETS.join(', ')}.`);
  return {
    ...matrix,
    ...(bias === undefined ? {} : { bias: readFloats(bias, `${name}.bias`, neurons) }),
    // As snnTorch does.
    beta: clamp(readPerNeuron(beta, `${name}.beta`, neurons)),
    threshold: readPerNeuron(threshold, `${name}.threshold`, neurons),
    reset: reset as Reset,
  };
}

/** `number[][]` with a row a neuron, or flat numbers and their shape. */
function readMatrix(value: unknown, shape: unknown, name: string): Pick<Layer, 'weights' | 'shape'> {
  const stated = shape === undefined ? undefined : readShape(shape, `${name}.shape`);
  if (!isNested(value)) {
    if (stated === undefined) throw bad(`\`${name}.weights\` must be an array of rows, one a neuron; flat weights need \`shape: [neurons, inputs]\`.`);
    return { weights: readFloats(value, `${name}.weights`, stated[0] * stated[1]), shape: stated };
  }
  const weights = readRows(value, `${name}.weights`);
  const [neurons, inputs] = [value.length, weights.length / value.length];
  if (stated && (stated[0] !== neurons || stated[1] !== inputs)) throw bad(`\`${name}.weights\` is ${neurons} x ${inputs}, but \`shape\` says ${stated.join(' x ')}.`);
  return { weights, shape: [neurons, inputs] };
}

function readShape(value: unknown, name: string): readonly [number, number] {
  const whole = Array.isArray(value) && value.length === 2 && value.every((side) => Number.isSafeInteger(side) && side > 0);
  if (!whole) throw bad(`\`${name}\` must be [neurons, inputs], two positive integers.`);
  return value as unknown as [number, number];
}

/** A number for all neurons, or one for each. */
function readPerNeuron(value: unknown, name: string, neurons: number): Float32Array {
  if (typeof value === 'number') return readFloats([value], name);
  const values = readFloats(value, name);
  if (values.length !== 1 && values.length !== neurons) throw bad(`\`${name}\` has ${values.length} numbers for ${neurons} neurons; give one, or one for each.`);
  return values;
}

function clamp(betas: Float32Array): Float32Array {
  const clamped = (beta: number): number => (beta > 0 ? Math.min(beta, 1) : 0);
  return betas.every((beta) => Object.is(beta, clamped(beta))) ? betas : betas.map(clamped);
}

/** One sample: a row for each timestep, or one row for all of them. */
export function readInput(value: unknown, name: string, width: number, timesteps: number): Float32Array {
  if (isNested(value)) {
    if (value.length !== timesteps) throw bad(`\`${name}\` has ${value.length} rows for ${timesteps} timesteps.`);
    return readRows(value, name, width);
  }
  const floats = readFloats(value, name);
  if (floats.length !== width && floats.length !== width * timesteps) {
    throw bad(`\`${name}\` has ${floats.length} numbers; the first layer takes ${width}, or ${width * timesteps} for ${timesteps} timesteps.`);
  }
  return floats;
}

/** Several samples: an array of them, all of one form; or flat numbers, and `samples` says of how many. */
export function readInputs(value: unknown, samples: unknown, width: number, timesteps: number): { inputs: Float32Array; samples: number } {
  if (!isNested(value)) {
    const inputs = readFloats(value, 'inputs');
    const count = readCount(samples, 'samples', inputs.length);
    if (inputs.length !== count * width && inputs.length !== count * width * timesteps) {
      throw bad(`\`inputs\` has ${inputs.length} numbers; ${count} samples of ${width} inputs take ${count * width}, or ${count * width * timesteps} for ${timesteps} timesteps.`);
    }
    return { inputs, samples: count };
  }
  if (samples !== undefined && samples !== value.length) throw bad(`\`samples\` is ${String(samples)}, but \`inputs\` has ${value.length}.`);
  const rows = Array.from(value, (sample, i) => readInput(sample, `inputs[${i}]`, width, timesteps));
  const odd = rows.findIndex((row) => row.length !== rows[0]!.length);
  if (odd >= 0) throw bad(`\`inputs[${odd}]\` has ${rows[odd]!.length} numbers, \`inputs[0]\` ${rows[0]!.length}: either all samples are held or none.`);
  return { inputs: concatenate(rows), samples: value.length };
}

/** @param width numbers a row; without it, as many as the first has */
function readRows(rows: readonly unknown[], name: string, width?: number): Float32Array {
  let length = width;
  return concatenate(Array.from(rows, (row, i) => {
    const floats = readFloats(row, `${name}[${i}]`, length);
    length = floats.length;
    return floats;
  }));
}

function concatenate(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]!.length;
  const data = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) data.set(row, i * width);
  return data;
}

/** Numbers, or little-endian 32-bit floats as bytes or base64. */
function readFloats(value: unknown, name: string, length?: number): Float32Array {
  const source = typeof value === 'string' ? fromBase64(value, name) : value;
  const values = source instanceof Uint8Array ? floatsOf(source, name) : source;
  if (!isList(values) || values.length === 0) throw bad(`\`${name}\` must be a non-empty array of numbers, a Float32Array, or one in base64.`);
  if (length !== undefined && values.length !== length) throw bad(`\`${name}\` has ${values.length} numbers instead of ${length}.`);
  const floats = values instanceof Float32Array ? values : new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const number = values[i];
    if (typeof number !== 'number' || !Number.isFinite(Math.fround(number))) throw bad(`\`${name}[${i}]\` must be a finite number within the range of a 32-bit float.`);
    if (floats !== values) floats[i] = number;
  }
  return floats;
}

function floatsOf(bytes: Uint8Array, name: string): Float32Array {
  if (bytes.length % Float32Array.BYTES_PER_ELEMENT !== 0) throw bad(`\`${name}\` has ${bytes.length} bytes, which is no whole number of 32-bit floats.`);
  // A copy: bytes from elsewhere may be a view that is not aligned.
  return new Float32Array(new Uint8Array(bytes).buffer);
}

function checkFields(record: Record<string, unknown>, prefix: string, fields: readonly string[]): void {
  const unknown = Object.keys(record).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw bad(`\`${prefix}${unknown}\` is not a field of neural_inference.`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array;
}

/** An array whose elements are numbers in a form of their own: arrays, typed arrays, bytes or base64. */
function isNested(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && (isList(value[0]) || value[0] instanceof Uint8Array || typeof value[0] === 'string');
}
