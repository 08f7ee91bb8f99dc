/**
 * Locals that may hold NaNs whose bits are still open. A sum that a loop adds to is read as a number there, and its bits
 * are looked at once, behind the loop: that is where they are settled, not in every round.
 *
 * A local is open if nothing is ever put there but numbers and results of arithmetic of one type. That is assumed of all,
 * and the function is rewritten again without those it turned out to be wrong of.
 */
import { F32, F32X4, F64, F64X2, NO_FLOAT, type Float } from './opcodes.js';
import { F32_TYPE, F64_TYPE, V128 } from './types.js';

export type Assumed = ReadonlyMap<number, Exclude<Float, typeof NO_FLOAT>>;

const ATTEMPTS_MAX = 5;
const FLOATS: ReadonlyMap<number, Exclude<Float, typeof NO_FLOAT>> = new Map([[F32_TYPE, F32], [F64_TYPE, F64], [V128, F32X4]]);

/** @returns the first assumption, given the types of the locals behind the parameters: those may hold anything */
export function assumeOpen(firstLocal: number, types: Iterable<number>): Assumed {
  const assumed = new Map<number, Exclude<Float, typeof NO_FLOAT>>();
  let index = firstLocal;
  for (const type of types) {
    const float = FLOATS.get(type);
    if (float !== undefined) assumed.set(index, float);
    index += 1;
  }
  return assumed;
}

/**
 * @param wrong locals that hold something else, with the type of the result that was put there, if it was one
 * @param attempt how many assumptions were wrong before
 */
export function assumeLess(assumed: Assumed, wrong: ReadonlyMap<number, Float>, attempt: number): Assumed {
  if (attempt >= ATTEMPTS_MAX) return new Map();
  const less = new Map(assumed);
  for (const [index, float] of wrong) {
    if (assumed.get(index) === F32X4 && float === F64X2) less.set(index, F64X2);
    else less.delete(index);
  }
  return less;
}
