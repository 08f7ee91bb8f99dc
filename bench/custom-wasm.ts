/**
 * What metering costs: the same module on the same input, metered and as it is, both compiled and warm. The examples of
 * examples/guests/, loops of one sort of instruction each, and what a task pays before the guest's first instruction.
 */
import { call, guestOf, type Guest } from '../src/kernels/custom_wasm/abi.js';
import { FUEL_EXPORT, RESERVED, STACK_EXPORT, TICK } from '../src/kernels/custom_wasm/meter/injected.js';
import { STACK_BYTES_MAX } from '../src/kernels/custom_wasm/meter/limits.js';
import { meter } from '../src/kernels/custom_wasm/meter/meter.js';
import { runGuest } from '../src/kernels/custom_wasm/kernel.js';
import { manifest, type CustomWasmPayload } from '../src/kernels/custom_wasm/manifest.js';
import { Tank } from '../src/kernels/custom_wasm/tank.js';
import { example } from '../test/kernels/custom_wasm-context.js';
import { contextOf } from './context.js';
import { LOOPS, SIMD_LOOPS } from './custom-wasm-loops.js';
import { race, significant } from './race.js';
import { quantile } from './statistics.js';

const EXPORT = 'execute';
const FUEL = 30_000_000;
/** More than `FUEL`: one instance serves every round. */
const FUEL_OF_ALL_ROUNDS = Number.MAX_SAFE_INTEGER / 1e6;
const ROUNDS = 11;
/** Calls before any is timed: the engine's fast compiler comes in once a function has proved hot, in the background. */
const WARM_UP_CALLS = 30;
/** Shorter turns are repeated. */
const TURN_MS_MIN = 10;

export interface Figures {
  readonly ms: number;
  /** Metered time over that of the module as it is. */
  readonly ratio: number;
}

interface Subject {
  readonly module: Uint8Array;
  readonly input: Uint8Array;
}

const text = (bytes: number): Uint8Array => new Uint8Array(bytes).map((_, i) => (i % 7 === 6 ? 0x20 : 0x61 + ((i * i) % 26)));

const EXAMPLES: Readonly<Record<string, Subject>> = {
  'sha256 (C)': { module: example('c/sha256'), input: text(500_000) },
  'word_count (Rust)': { module: example('rust/word_count'), input: text(200_000) },
  'mandelbrot (AssemblyScript)': { module: example('assemblyscript/mandelbrot'), input: new Uint8Array(Uint32Array.of(128, 96, 200).buffer) },
  'crc32 (WAT)': { module: example('wat/crc32'), input: text(1_000_000) },
};

async function meteredGuest(module: Uint8Array): Promise<Guest> {
  const tank = new Tank(FUEL_OF_ALL_ROUNDS, () => {});
  const { instance } = await WebAssembly.instantiate(meter(module).bytes as BufferSource, { [RESERVED]: { [TICK]: tank.tick } });
  (instance.exports[FUEL_EXPORT] as WebAssembly.Global<'i64'>).value = tank.first;
  (instance.exports[STACK_EXPORT] as WebAssembly.Global<'i32'>).value = STACK_BYTES_MAX;
  return guestOf(instance.exports, EXPORT);
}

async function plainGuest(module: Uint8Array): Promise<Guest> {
  const { instance } = await WebAssembly.instantiate(module as BufferSource, {});
  return guestOf(instance.exports, EXPORT);
}

async function benchSubject({ module, input }: Subject): Promise<Figures> {
  const [metered, plain] = [await meteredGuest(module), await plainGuest(module)];
  const callMs = Math.max(await warm(metered, input), await warm(plain, input));
  const { ms, speedup } = await race({ metered: () => call(metered, input), plain: () => call(plain, input) }, { rounds: ROUNDS, repeats: Math.ceil(TURN_MS_MIN / callMs) });
  return { ms: ms.plain, ratio: speedup('plain', 'metered') };
}

/** @returns milliseconds of the last call */
async function warm(guest: Guest, input: Uint8Array): Promise<number> {
  let lastMs = 0;
  for (let count = 0; count < WARM_UP_CALLS; count++) {
    const start = performance.now();
    call(guest, input);
    lastMs = performance.now() - start;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return lastMs;
}

/** All subjects and the median of their ratios. */
async function benchAll(subjects: Readonly<Record<string, Subject>>): Promise<Record<string, Figures | number>> {
  const figures: [string, Figures][] = [];
  for (const [name, subject] of Object.entries(subjects)) figures.push([name, await benchSubject(subject)]);
  return { ...Object.fromEntries(figures), median: significant(quantile(figures.map(([, { ratio }]) => ratio), 0.5)), largest: Math.max(...figures.map(([, { ratio }]) => ratio)) };
}

/** Checking, rewriting, compiling and starting a module, against compiling and starting it as it is. */
async function benchStart(): Promise<Figures> {
  const { module } = EXAMPLES['word_count (Rust)']!;
  const input = text(64);
  const payload = manifest.normalise({ module, input, fuel: FUEL }) as unknown as CustomWasmPayload;
  const context = contextOf('custom_wasm');
  const { ms, speedup } = await race({ kernel: () => runGuest(payload, context), plain: async () => call(await plainGuest(module), input) }, { rounds: ROUNDS, repeats: 5 });
  return { ms: ms.kernel, ratio: speedup('plain', 'kernel') };
}

export async function bench(): Promise<Record<string, unknown>> {
  const input = new Uint8Array();
  const subjectsOf = (loops: Readonly<Record<string, Uint8Array>>): Record<string, Subject> => Object.fromEntries(Object.entries(loops).map(([name, module]) => [name, { module, input }]));
  return { examples: await benchAll(EXAMPLES), loops: await benchAll(subjectsOf(LOOPS)), simd: await benchAll(subjectsOf(SIMD_LOOPS)), start: await benchStart() };
}
