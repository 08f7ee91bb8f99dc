/**
 * Locals that may hold NaNs whose bits are still open. A sum that a loop adds to is read as a number there, and its bits
 * are looked at once, behind the loop: that is where they are settled, not in every round.
 *
 * A local is open if nothing is ever put there but numbers and results of arithmetic of one type. That is assumed of all,
 * and the function is rewritten again without those it turned out to be wrong of.
 */
import { F32, F32X4, F64, F64X2, NO_FLOAT, type Float } from './opcodes.js';
import { F32_TYPE, F64_TYPE, V128 } from './types.js';

export interface Assumed {
  /** Locals are open where their type has NaNs. */
  readonly byType: boolean;
  /** Locals that are open as another type, or not at all. */
  readonly except: ReadonlyMap<number, Float>;
}

const ATTEMPTS_MAX = 5;
const FLOATS: ReadonlyMap<number, Float> = new Map([[F32_TYPE, F32], [F64_TYPE, F64], [V128, F32X4]]);

/** The first assumption. Parameters, which may hold anything, count as of no type. */
export const ALL_OPEN: Assumed = { byType: true, except: new Map() };

/** What a local of this type is taken to hold with open bits. */
export function openFloat({ byType, except }: Assumed, index: number, type: number | undefined): Float {
  return except.get(index) ?? (byType && type !== undefined ? FLOATS.get(type) : undefined) ?? NO_FLOAT;
}

/**
 * @param wrong locals that hold something else, with the type of the result that was put there, if it was one
 * @param attempt how many assumptions were wrong before
 */
export function assumeLess({ except }: Assumed, wrong: ReadonlyMap<number, Float>, attempt: number): Assumed {
  if (attempt >= ATTEMPTS_MAX) return { byType: false, except: new Map() };
  const more = new Map(except);
  // Lanes of a vector are taken to be of four bytes first, then of eight.
  for (const [index, float] of wrong) more.set(index, float === F64X2 && !except.has(index) ? F64X2 : NO_FLOAT);
  return { byType: true, except: more };
}
