/**
 * The guest's fuel. It is handed out in slices, so that the host gets a word in every few milliseconds; what is counted
 * is what was used of all of them, so the slices' length shows nowhere.
 */
import { KernelError } from '../kernel.js';

/** The guest counts in steps, one for a simple instruction. A machine slower than most does so many in a microsecond. */
export const STEPS_PER_FUEL = 4_000;
/** Steps vary: one that waits for memory takes as long as a hundred others. So slices are fitted to the time they take. */
const SLICE_MS = 2;
const SLICE_STEPS_FIRST = 500_000;
const SLICE_STEPS_MIN = 20_000;
const SLICE_STEPS_MAX = 8_000_000;

export class Tank {
  #granted: number;
  #sliceSteps: number;
  /** When the slice began; how long the first takes is not known, as compiling comes before. */
  #begunMs: number | undefined;

  /**
   * @param fuelMax fuel units the guest may use
   * @param pause called between slices
   * @param clock milliseconds
   */
  constructor(
    private readonly fuelMax: number,
    private readonly pause: (fuelUsed: number) => void,
    private readonly sliceStepsMax = SLICE_STEPS_MAX,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.#sliceSteps = Math.min(SLICE_STEPS_FIRST, sliceStepsMax);
    this.#granted = Math.min(this.#sliceSteps, this.#stepsMax);
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
    this.#fitSlice();
    this.pause(this.used(left));
    this.#granted = Math.min(used + this.#sliceSteps, this.#stepsMax);
    this.#begunMs = this.clock();
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

  /** The next slice has twice the steps at most, and fewer where the last one took long. */
  #fitSlice(): void {
    const tookMs = this.#begunMs === undefined ? 0 : this.clock() - this.#begunMs;
    const fitting = Math.floor((this.#sliceSteps * SLICE_MS) / Math.max(tookMs, SLICE_MS / 2));
    this.#sliceSteps = Math.min(Math.max(fitting, SLICE_STEPS_MIN), this.sliceStepsMax);
  }

  get #stepsMax(): number {
    return this.fuelMax * STEPS_PER_FUEL;
  }
}
