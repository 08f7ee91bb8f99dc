/**
 * Random programs on floats, written twice: as they are, and with every result of arithmetic made canonical on the spot.
 * Metered, the first must leave the same bytes in memory as the second does unmetered.
 */
import type { Dice } from '../fuzz/mutations.js';

type Type = 'f32' | 'f64' | 'v128';

const TYPES: readonly Type[] = ['f32', 'f64', 'v128', 'v128'];
const LOCALS_PER_TYPE = 3;
export const MEMORY_BYTES = 256;
const NAN: Readonly<Record<string, string>> = {
  f32: '(f32.const nan)', f64: '(f64.const nan)',
  f32x4: '(v128.const i32x4 0x7fc00000 0x7fc00000 0x7fc00000 0x7fc00000)', f64x2: '(v128.const i64x2 0x7ff8000000000000 0x7ff8000000000000)',
};
const BINARY = ['add', 'sub', 'mul', 'div', 'min', 'max'];
const UNARY = ['sqrt', 'ceil', 'floor', 'trunc', 'nearest'];

export interface Program {
  readonly plain: string;
  readonly canonical: string;
}

export function program(dice: Dice): Program {
  const body = statements(dice, 4 + dice(6), 0);
  const write = (canonical: boolean): string => {
    const stores = (['f32', 'f64', 'v128'] as const).flatMap((type, t) =>
      Array.from({ length: LOCALS_PER_TYPE }, (_, i) => `(${type}.store offset=${(t * LOCALS_PER_TYPE + i) * 16} (i32.const 0) (local.get $${type}_${i}))`),
    );
    const locals = (['f32', 'f64', 'v128'] as const).flatMap((type) => [`(local $${type}_s ${type})`, ...Array.from({ length: LOCALS_PER_TYPE }, (_, i) => `(local $${type}_${i} ${type})`)]);
    return `${locals.join(' ')} (local $round_0 i32) (local $round_1 i32) ${body(canonical)} ${stores.join(' ')} (i64.const ${MEMORY_BYTES})`;
  };
  return { plain: write(false), canonical: write(true) };
}

type Text = (canonical: boolean) => string;

const pick = <T>(dice: Dice, from: readonly T[]): T => from[dice(from.length)]!;
const local = (dice: Dice, type: Type): string => `$${type}_${dice(LOCALS_PER_TYPE)}`;

function statements(dice: Dice, count: number, depth: number): Text {
  const all = Array.from({ length: count }, () => statement(dice, depth));
  return (canonical) => all.map((text) => text(canonical)).join('\n');
}

function statement(dice: Dice, depth: number): Text {
  if (depth < 2 && dice(5) === 0) {
    const inner = statements(dice, 1 + dice(4), depth + 1);
    const round = `$round_${depth}`;
    return (canonical) => `(local.set ${round} (i32.const 3)) (loop $l${depth} ${inner(canonical)} (br_if $l${depth} (local.tee ${round} (i32.sub (local.get ${round}) (i32.const 1)))))`;
  }
  const type = pick(dice, TYPES);
  const value = expression(dice, type, 3);
  const target = local(dice, type);
  const jump = dice(4) === 0 ? '(block $jump (br_if $jump (local.get $length)))' : '';
  return (canonical) => `(local.set ${target} ${value(canonical)} ${jump})`;
}

function expression(dice: Dice, type: Type, depth: number): Text {
  const leaf = depth === 0 ? dice(4) : dice(14);
  if (leaf < 2) {
    const name = local(dice, type);
    return () => `(local.get ${name})`;
  }
  if (leaf === 2) {
    const at = dice(240);
    return () => `(${type}.load (i32.const ${MEMORY_BYTES + at}))`;
  }
  if (leaf === 3) return constant(dice, type);
  if (leaf === 4) {
    const [value, target] = [expression(dice, type, depth - 1), local(dice, type)];
    return (canonical) => `(local.tee ${target} ${value(canonical)})`;
  }
  if (leaf === 5) {
    const [a, b, flag] = [expression(dice, type, depth - 1), expression(dice, type, depth - 1), dice(2)];
    return (canonical) => `(if (result ${type}) (i32.const ${flag}) (then ${a(canonical)}) (else ${b(canonical)}))`;
  }
  if (leaf === 6) return bits(dice, type, depth);
  return arithmetic(dice, type, depth);
}

function constant(dice: Dice, type: Type): Text {
  const text = type === 'v128' ? pick(dice, ['f32x4 1 -2 0 nan:0x200001', 'f64x2 inf nan:0x4000000000001', 'i32x4 0 0 0 0', 'f32x4 -inf 3.5 1e30 -0']) : pick(dice, ['0', '-0', '1.5', '-3', 'inf', '-inf', 'nan:0x200001', '-nan']);
  return () => `(${type}.const ${text})`;
}

/** What moves bits and does no arithmetic. */
function bits(dice: Dice, type: Type, depth: number): Text {
  const [a, b] = [expression(dice, type, depth - 1), expression(dice, type, depth - 1)];
  if (type !== 'v128') {
    const name = pick(dice, ['neg', 'abs', 'copysign']);
    return (canonical) => `(${type}.${name} ${a(canonical)} ${name === 'copysign' ? b(canonical) : ''})`;
  }
  const name = pick(dice, ['f32x4.neg', 'f64x2.abs', 'f32x4.pmin', 'f64x2.pmax', 'i32x4.add', 'v128.xor']);
  return (canonical) => `(${name} ${a(canonical)} ${/neg|abs/u.test(name) ? '' : b(canonical)})`;
}

function arithmetic(dice: Dice, type: Type, depth: number): Text {
  const shape = type === 'v128' ? pick(dice, ['f32x4', 'f64x2']) : type;
  const unary = dice(4) === 0;
  const name = pick(dice, unary ? UNARY : BINARY);
  const operands = Array.from({ length: unary ? 1 : 2 }, () => expression(dice, type, depth - 1));
  return (canonical) => {
    const result = `(${shape}.${name} ${operands.map((text) => text(canonical)).join(' ')})`;
    if (!canonical) return result;
    const scratch = `$${type}_s`;
    const [value, again] = [`(local.tee ${scratch} ${result})`, `(${shape}.eq (local.get ${scratch}) (local.get ${scratch}))`];
    return type === 'v128' ? `(v128.bitselect ${value} ${NAN[shape]} ${again})` : `(select ${value} ${NAN[shape]} ${again})`;
  };
}
