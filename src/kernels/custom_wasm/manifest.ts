/**
 * What the engine knows of the task kind `custom_wasm` without loading its kernel: the caller's own WebAssembly
 * module is run on the caller's input. What a module must look like, and what it may not use: docs/guest-abi.md.
 */
import { bad, checkFields, fromBase64, tooLarge } from '../fields.js';
import { KernelError, type Manifest, type Meter, type Value } from '../kernel.js';

export interface CustomWasmPayload {
  readonly module: Uint8Array;
  readonly input: Uint8Array;
  /** Name of the exported function that is called. */
  readonly export: string;
  /** Ceiling, in fuel units. A run that would need more fails with `limit-exceeded`. */
  readonly fuel: number;
}

export interface CustomWasmOutput {
  readonly output: Uint8Array;
  /** What the run took: a function of module and input alone. */
  readonly fuel: number;
}

const BYTES_MAX = 8_000_000;
/** Room for keys and numbers beside the bulk of a payload or output. */
const ENVELOPE_BYTES = 512;
/** Largest output of a guest. */
export const OUTPUT_BYTES_MAX = BYTES_MAX - ENVELOPE_BYTES;

const FUEL_DEFAULT = 10_000_000;
const FUEL_MAX = 30_000_000;
/** Each task begins with a new instance of a module that has to be checked, rewritten and compiled. */
const FUEL_PER_RUN = 1_000;
const MODULE_BYTES_PER_FUEL = 4;
const INPUT_BYTES_PER_FUEL = 1_000;

/** 1 credit for a reference second. */
const PRICE_PER_FUEL = 1;

const FIELDS = new Set(['module', 'input', 'export', 'fuel']);
const EXPORT_DEFAULT = 'execute';
const EXPORT_FORM = /^[\x21-\x7e]{1,100}$/u;

function normalise(payload: unknown): Value {
  const given = checkFields(payload, 'custom_wasm', '{module, input, export?, fuel?}', FIELDS);
  const normalised: CustomWasmPayload = {
    module: readBytes(given['module'], 'module'),
    input: readBytes(given['input'], 'input'),
    export: readExport(given['export']),
    fuel: readFuel(given['fuel']),
  };
  const bytes = normalised.module.length + normalised.input.length;
  if (bytes > OUTPUT_BYTES_MAX) throw tooLarge(`\`module\` and \`input\` have ${bytes} bytes of at most ${OUTPUT_BYTES_MAX}; split the task.`);
  const least = fuelToStart(normalised);
  if (normalised.fuel < least) throw bad(`\`fuel\` is ${normalised.fuel}, and starting this module alone takes ${least}.`);
  return normalised as unknown as Value;
}

function readBytes(value: unknown, name: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (Array.isArray(value)) {
    const wrong = value.findIndex((byte) => !Number.isInteger(byte) || byte < 0 || byte > 255);
    if (wrong >= 0) throw bad(`\`${name}[${wrong}]\` must be an integer from 0 to 255.`);
    return Uint8Array.from(value as number[]);
  }
  if (typeof value !== 'string') throw bad(`\`${name}\` must be bytes (Uint8Array, or base64).`);
  return fromBase64(value, name);
}

function readExport(value: unknown): string {
  if (value === undefined) return EXPORT_DEFAULT;
  if (typeof value !== 'string' || !EXPORT_FORM.test(value)) throw bad('`export` must be the name of an exported function: 1 to 100 visible ASCII characters.');
  return value;
}

function readFuel(value: unknown): number {
  if (value === undefined) return FUEL_DEFAULT;
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > FUEL_MAX) throw bad(`\`fuel\` must be an integer from 1 to ${FUEL_MAX}, in millionths of a reference second.`);
  return value as number;
}

/** Fuel that a run takes before the guest's first instruction. */
export function fuelToStart({ module, input }: Pick<CustomWasmPayload, 'module' | 'input'>): number {
  return FUEL_PER_RUN + Math.ceil(module.length / MODULE_BYTES_PER_FUEL) + Math.ceil(input.length / INPUT_BYTES_PER_FUEL);
}

/** The ceiling is what is paid for: nobody knows beforehand how much of it a run takes. */
function meter(payload: Value): Meter {
  const { fuel } = payload as unknown as CustomWasmPayload;
  return { price: fuel * PRICE_PER_FUEL, fuel };
}

function present(result: Value): { output: Uint8Array; fuel: number } {
  const { output, fuel } = (result ?? {}) as Partial<CustomWasmOutput>;
  if (!(output instanceof Uint8Array) || !Number.isSafeInteger(fuel)) throw new KernelError('kernel-failed', 'The result of the WebAssembly module is malformed.');
  return { output, fuel: fuel! };
}

export const manifest: Manifest = {
  kind: 'custom_wasm',
  version: 1,
  equivalence: 'wasm',
  sandboxed: true,
  limits: { payloadBytesMax: 8_000_000, outputBytesMax: 8_000_000, memoryBytesMax: 256 * 1024 * 1024, wallMsMax: 30_000 },
  normalise,
  meter,
  present,
};
