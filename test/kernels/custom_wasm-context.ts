import { readFileSync } from 'node:fs';
import initWabt from 'wabt';
import type { KernelContext } from '../../src/kernels/kernel.js';
import { runGuest } from '../../src/kernels/custom_wasm/kernel.js';
import { manifest, type CustomWasmOutput, type CustomWasmPayload } from '../../src/kernels/custom_wasm/manifest.js';

export function context(overrides: Partial<KernelContext> = {}): KernelContext {
  return { signal: new AbortController().signal, modelBase: undefined, assetBase: '', progress() {}, breathe: async () => {}, breatheSync() {}, ...overrides };
}

/** What a worker does with what a caller passed. */
export function run(payload: unknown, overrides: Partial<KernelContext> = {}, sliceSteps?: number): Promise<CustomWasmOutput> {
  return runGuest(manifest.normalise(payload) as unknown as CustomWasmPayload, context(overrides), sliceSteps);
}

/** An example of examples/guests/, as committed. */
export const example = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../../examples/guests/${name}.wasm`, import.meta.url)));

const wabt = await initWabt();

/** Assembles a module's text, valid or not. */
export function assemble(text: string): Uint8Array {
  const features = { simd: true, bulk_memory: true, threads: true, memory64: true, multi_memory: true, exceptions: true, tail_call: true, reference_types: true, relaxed_simd: true, extended_const: true, gc: true, function_references: true };
  const parsed = wabt.parseWat('guest.wat', text, features);
  try {
    return new Uint8Array(parsed.toBinary({}).buffer);
  } finally {
    parsed.destroy();
  }
}

const ALLOC = '(func (export "alloc") (param i32) (result i32) (i32.const 0))';

/** A guest that does `body`, with the address of its input in `$at`, its length in `$length`, and some locals. */
export function guest(body: string, { memory = '1', around = '' } = {}): Uint8Array {
  return assemble(`(module (memory (export "memory") ${memory}) ${ALLOC} ${around}
    (func (export "execute") (param $at i32) (param $length i32) (result i64) (local $i i32) (local $j i32) ${body}))`);
}
