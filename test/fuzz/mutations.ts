/** Damages modules and meters what is left: it must be refused clearly, or be metered into a valid module. */
import { KernelError } from '../../src/kernels/kernel.js';
import { meter } from '../../src/kernels/custom_wasm/meter/meter.js';
import { loadSpec, moduleBytes, refusal } from '../kernels/custom_wasm-spec.js';
import { example } from '../kernels/custom_wasm-context.js';

export const EXAMPLES = ['c/sha256', 'wat/crc32', 'assemblyscript/mandelbrot', 'rust/word_count'];

export interface FuzzCounts {
  readonly mutations: number;
  /** Still valid, and within the subset. */
  metered: number;
  /** Refused with a KernelError. */
  refused: number;
  /** Failed otherwise; must be none. */
  crashed: number;
  /** Metered into something that does not validate; must be none. */
  invalid: number;
  /** Valid as it was, in the engine's eyes, and refused as malformed; must be none. */
  misjudged: number;
  /** How many refusals gave each message, numbers taken out. */
  readonly reasons: Record<string, number>;
}

/** Modules to damage: the examples and those of the specification's tests that are taken as they are. */
export function corpus(): Uint8Array[] {
  const spec = loadSpec().flatMap(({ modules }) => modules.map(moduleBytes));
  return [...EXAMPLES.map(example), ...spec.filter((bytes) => !refusal(bytes))];
}

export function fuzz(modules: readonly Uint8Array[], mutations: number, seed: number, report: (module: Uint8Array, error: unknown) => void = () => {}): FuzzCounts {
  const dice = diceOf(seed);
  const counts: FuzzCounts = { mutations, metered: 0, refused: 0, crashed: 0, invalid: 0, misjudged: 0, reasons: {} };
  for (let i = 0; i < mutations; i++) {
    // The examples are the larger ones: a fifth of all damage is theirs.
    const damaged = mutate(modules[dice(dice(5) === 0 ? EXAMPLES.length : modules.length)]!, dice);
    try {
      tryMeter(damaged, counts);
    } catch (error) {
      counts.crashed += 1;
      report(damaged, error);
    }
  }
  return counts;
}

function tryMeter(bytes: Uint8Array, counts: FuzzCounts): void {
  try {
    const metered = meter(bytes);
    if (WebAssembly.validate(metered.bytes as BufferSource)) counts.metered += 1;
    else counts.invalid += 1;
  } catch (error) {
    if (!(error instanceof KernelError) || error.code !== 'bad-input') throw error;
    counts.refused += 1;
    const reason = error.message.replaceAll(/\d+/gu, 'N').replace(/imports `.*`:/u, 'imports …:');
    counts.reasons[reason] = (counts.reasons[reason] ?? 0) + 1;
    if (reason.includes('is not a valid') && WebAssembly.validate(bytes as BufferSource)) counts.misjudged += 1;
  }
}

export type Dice = (sides: number) => number;

/** One or two changes: bits, bytes, runs of bytes removed, repeated, or brought in from elsewhere in the module. */
function mutate(module: Uint8Array, dice: Dice): Uint8Array {
  let bytes = module;
  for (let left = 1 + dice(2); left > 0; left--) {
    const at = dice(bytes.length);
    const length = 1 + dice(8);
    const from = dice(bytes.length);
    const changed = bytes.slice();
    switch (dice(5)) {
      case 0:
        changed[at]! ^= 1 << dice(8);
        break;
      case 1:
        changed[at] = dice(256);
        break;
      case 2:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
        continue;
      case 3:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(from, from + length), ...bytes.subarray(at)]);
        continue;
      default:
        changed.set(bytes.subarray(from, Math.min(from + length, from + bytes.length - at)), at);
    }
    bytes = changed;
  }
  return bytes;
}

/** Mulberry32, by Tommy Ettinger: the same throws for the same seed. */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x = (x + Math.imul(x ^ (x >>> 7), x | 61)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) % sides;
  };
}
