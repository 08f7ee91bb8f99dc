/**
 * The slow, plain version that the kernel is compared with: each scheme as its definition says, number by number, and
 * the choice among them by trying all. Bytes go through a DataView; nothing is shared with the fast path but the sizes,
 * the header and the order of `pq`'s random sample.
 */
import { writeHeader } from './container.js';
import { referenceProduct } from './reference_product.js';
import { bodyBytes, HEADER_BYTES, INT4_BLOCK, ratioOf, type Plan, type Shape, type VectorScheme } from './schemes.js';

export type Rows = readonly (readonly number[])[];

export interface ReferenceQuantised {
  readonly plan: Plan;
  readonly data: Uint8Array;
  readonly vectors: Rows;
  readonly maxError: number;
}

/** A body under construction, and what is read back from it. */
interface Encoded {
  readonly body: Uint8Array;
  readonly vectors: Rows;
}

const magnitudes = (numbers: readonly number[]): number[] => numbers.map(Math.abs);

/** The integer nearest to `value`, of two equally near ones the even one. */
function referenceRound(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** The half nearest to a number, by trying the neighbours of a lower bound; even if two are equally near. */
export function referenceHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  let [low, high] = [0, 0x7c00];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (finiteOrNext(middle) <= magnitude) low = middle;
    else high = middle;
  }
  const [down, up] = [magnitude - finiteOrNext(low), finiteOrNext(high) - magnitude];
  const half = down < up || (down === up && low % 2 === 0) ? low : high;
  return sign | half;
}

/** Infinity stands where the next half would be, 65,536. */
const finiteOrNext = (half: number): number => (half === 0x7c00 ? 65_536 : referenceFloat(half));

export function referenceFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return (sign * fraction) / 2 ** 24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** max / levels as a float without its last seven bits, rounded up; of the least floats a multiple that has 17 bits. */
function referenceStep(max: number, levels: number): number {
  const exact = max / levels;
  if (exact < 2 ** -132) return Math.ceil(exact * 2 ** 149) / 2 ** 149;
  const step = Math.fround(exact);
  let unit = 2 ** -126;
  while (unit * 2 <= step) unit *= 2;
  return Math.ceil((step / unit) * 2 ** 16) * (unit / 2 ** 16);
}

function none(rows: Rows, shape: Shape): Encoded {
  const body = new Uint8Array(bodyBytes({ scheme: 'none', subspaces: 0 }, shape));
  const view = new DataView(body.buffer);
  rows.flat().forEach((value, i) => view.setFloat32(4 * i, value, true));
  return { body, vectors: rows };
}

function f16(rows: Rows, shape: Shape): Encoded {
  const body = new Uint8Array(bodyBytes({ scheme: 'f16', subspaces: 0 }, shape));
  const view = new DataView(body.buffer);
  const halves = rows.map((row) => row.map(referenceHalf));
  halves.flat().forEach((half, i) => view.setUint16(2 * i, half, true));
  return { body, vectors: halves.map((row) => row.map(referenceFloat)) };
}

function codesOf(numbers: readonly number[], levels: number): { step: number; codes: number[] } {
  const step = referenceStep(Math.max(...magnitudes(numbers)), levels);
  return { step, codes: numbers.map((value) => (step === 0 ? 0 : referenceRound(value / step) + 0)) };
}

function int8(rows: Rows, shape: Shape): Encoded {
  const body = new Uint8Array(bodyBytes({ scheme: 'int8', subspaces: 0 }, shape));
  const view = new DataView(body.buffer);
  const coded = rows.map((row) => codesOf(row, 127));
  coded.forEach(({ step, codes }, row) => {
    view.setFloat32(4 * row, step, true);
    codes.forEach((code, i) => view.setInt8(4 * shape.rows + row * shape.dims + i, code));
  });
  return { body, vectors: coded.map(({ step, codes }) => codes.map((code) => code * step)) };
}

function int4(rows: Rows, shape: Shape): Encoded {
  const body = new Uint8Array(bodyBytes({ scheme: 'int4', subspaces: 0 }, shape));
  const view = new DataView(body.buffer);
  const coded = rows.map((row) => Array.from({ length: Math.ceil(shape.dims / INT4_BLOCK) }, (_, block) => codesOf(row.slice(block * INT4_BLOCK, (block + 1) * INT4_BLOCK), 7)));
  coded.flat().forEach(({ step }, i) => view.setFloat32(4 * i, step, true));
  const nibbles = coded.flatMap((blocks) => {
    const codes = blocks.flatMap(({ codes: of }) => of.map((code) => code + 8));
    return codes.length % 2 === 0 ? codes : [...codes, 0];
  });
  const at = 4 * coded.flat().length;
  for (let i = 0; i < nibbles.length; i += 2) view.setUint8(at + i / 2, nibbles[i]! + 16 * nibbles[i + 1]!);
  return { body, vectors: coded.map((blocks) => blocks.flatMap(({ step, codes }) => codes.map((code) => code * step))) };
}

function binary(rows: Rows, shape: Shape): Encoded {
  const body = new Uint8Array(bodyBytes({ scheme: 'binary', subspaces: 0 }, shape));
  const all = magnitudes(rows.flat()).sort((a, b) => a - b);
  const magnitude = Math.fround((all[0]! + all.at(-1)!) / 2);
  new DataView(body.buffer).setFloat32(0, magnitude, true);
  const bytes = rows.flatMap((row) => Array.from({ length: Math.ceil(row.length / 8) }, (_, i) => row.slice(8 * i, 8 * i + 8).reduce((byte, value, bit) => byte + (value < 0 ? 2 ** bit : 0), 0)));
  body.set(bytes, 4);
  return { body, vectors: rows.map((row) => row.map((value) => (value < 0 ? -magnitude : magnitude))) };
}

const ENCODERS: Readonly<Record<VectorScheme, (rows: Rows, shape: Shape, subspaces: number) => Encoded>> = { none, f16, int8, int4, binary, pq: referenceProduct };

/** @param rows of 32-bit numbers */
export function referenceQuantise(plan: Plan, rows: Rows): ReferenceQuantised {
  const shape = { dims: rows[0]!.length, rows: rows.length };
  const { body, vectors } = ENCODERS[plan.scheme](rows, shape, plan.subspaces);
  const errors = rows.flatMap((row, i) => row.map((value, k) => Math.abs(value - vectors[i]![k]!)));
  const maxError = errors.reduce((most, error) => Math.max(most, error), 0);
  const data = new Uint8Array(HEADER_BYTES + body.length);
  writeHeader(data, { ...plan, ...shape, maxError });
  data.set(body, HEADER_BYTES);
  return { plan, data, vectors, maxError };
}

const bySize = (a: ReferenceQuantised, b: ReferenceQuantised): number => a.data.length - b.data.length;

/** Tries all, then takes the smallest within the error, or the most exact that is small enough. */
export function referenceChoice(criterion: { readonly maxError: number } | { readonly minRatio: number }, plans: readonly Plan[], rows: Rows): ReferenceQuantised {
  const all = plans.map((plan) => referenceQuantise(plan, rows));
  const shape = { dims: rows[0]!.length, rows: rows.length };
  const chosen =
    'maxError' in criterion
      ? all.filter(({ maxError }) => maxError <= criterion.maxError).sort(bySize)
      : all.filter(({ plan }) => ratioOf(plan, shape) >= criterion.minRatio).sort((a, b) => a.maxError - b.maxError || bySize(a, b));
  return chosen[0]!;
}
