/** What a guest may not use, each with its own message: the same on every engine, whatever it supports itself. */
import { KernelError } from '../../kernel.js';

const ADVICE = {
  threads: 'threads, shared memory and atomics: compile without -pthread',
  memory64: '64-bit memories and tables: compile for wasm32',
  'multi-memory': 'more than one memory',
  'relaxed SIMD': 'relaxed SIMD, whose results differ from machine to machine: compile without -mrelaxed-simd',
  exceptions: 'exceptions: compile without them (-fno-exceptions, panic=abort)',
  GC: 'garbage-collected or typed references',
  'tail calls': 'tail calls: compile with -mno-tail-call',
  'reference types': 'reference types beyond one function table: compile with -mno-reference-types',
  'extended constants': 'computed constants of globals and segments: compile with -mno-extended-const, and not as position-independent code',
} as const;

export function unsupported(feature: keyof typeof ADVICE): KernelError {
  return new KernelError('bad-input', `\`module\` uses ${ADVICE[feature]}.`);
}
