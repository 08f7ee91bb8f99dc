/**
 * The guest's fuel. It is handed out in slices, so that the host gets a word in every few milliseconds; what is counted
 * is what was used of all of them, so the slices' length shows nowhere.
 */
import { KernelError } from '../kernel.js';

/** The guest counts in steps, one for a simple instruction. A machine slower than most does so many in a microsecond. */
export const STEPS_PER_FUEL = 4_000;
/** One to two milliseconds. */
const SLICE_STEPS = 8_000_000;

export class Tank {
  #granted: number;

  /**
   * @param fuelMax fuel units the guest may use
   * @param pause called between slices
   */
  constructor(
    private readonly fuelMax: number,
    private readonly pause: (fuelUsed: number) => void,
    private readonly sliceSteps = SLICE_STEPS,
  ) {
    this.#granted = Math.min(sliceSteps, this.#stepsMax);
  }

  /** Steps of the first slice. */
  get first(): bigint {
    return BigInt(this.#granted);
  }

  /**
   * The guest has used its slice up, and overdrawn it by what is negative here.
   * @returns steps until the next call
   * @throws KernelError `limit-exceeded`
   */
  readonly tick = (left: bigint): bigint => {
    const used = this.#granted - Number(left);
    this.pause(this.used(left));
    this.#granted = Math.min(used + this.sliceSteps, this.#stepsMax);
    return BigInt(this.#granted - used);
  };

  /**
   * Fuel units used so far, rounded up, given the steps that are left.
   * @throws KernelError `limit-exceeded`
   */
  used(left: bigint): number {
    const steps = this.#granted - Number(left);
    if (steps > this.#stepsMax) throw new KernelError('limit-exceeded', 'The module has used up its fuel: pass a larger `fuel`, or give it less to do. An endless loop ends like this too.');
    return Math.ceil(steps / STEPS_PER_FUEL);
  }

  get #stepsMax(): number {
    return this.fuelMax * STEPS_PER_FUEL;
  }
}
