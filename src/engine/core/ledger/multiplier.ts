/**
 * The early-adopter multiplier m(x) = 1 + 9 e^(-x/10^6), x in certified CPU-hours, in millionths.
 *
 * `Math.exp` may differ in its last bit between engines, and witnesses sign this number: so integers only.
 */
const DECAY_HOURS = 1_000_000n;
const PPM = 1_000_000n;
/** Fixed point with 30 decimals: errors stay far below the half millionth that rounding could see. */
const ONE = 10n ** 30n;
/** 9 e^-17 is less than half a millionth. */
const EFOLDS_MAX = 17n;
const INVERSE_E = exponential(DECAY_HOURS);

/** 10,000,000 at 0, falling to 1,000,000. `cpuHours` >= 0; fractions of an hour do not count. */
export function multiplierPpm(cpuHours: number): number {
  const hours = BigInt(Math.floor(cpuHours));
  const efolds = hours / DECAY_HOURS;
  if (efolds >= EFOLDS_MAX) return Number(PPM);
  let decay = exponential(hours % DECAY_HOURS);
  for (let fold = 0n; fold < efolds; fold++) decay = (decay * INVERSE_E) / ONE;
  return Number(PPM + (9n * PPM * decay + ONE / 2n) / ONE);
}

/** e^(-hours/10^6) for up to one e-fold, by its Taylor series. */
function exponential(hours: bigint): bigint {
  let sum = 0n;
  let term = ONE;
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = (-term * hours) / (DECAY_HOURS * n);
  }
  return sum;
}
