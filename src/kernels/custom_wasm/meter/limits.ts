/**
 * Bounds on what a module declares, below those that engines share, so that a module that passes here is
 * refused by no engine for its size. Source of those: https://webassembly.github.io/spec/js-api/#limits
 */
import { KernelError } from '../../kernel.js';

export const PAGE_BYTES = 65_536;

export const MODULE_BYTES_MAX = 4_000_000;
/** 256 MiB. */
export const MEMORY_PAGES_MAX = 4_096;
export const TABLE_ENTRIES_MAX = 65_536;
/** Before metering and after. Engines take 7,654,321, but optimise such a function for minutes, off the worker's CPU limit. */
export const BODY_BYTES_MAX = 100_000;
/** Bytes of frames on the guest's stack, by our count of them; engines have about four times as much. */
export const STACK_BYTES_MAX = 262_144;

/** Entries of each section, and what else a module may have many of. */
export const COUNT_MAX = {
  types: 10_000,
  functions: 50_000,
  globals: 10_000,
  exports: 10_000,
  'element segments': 10_000,
  'data segments': 10_000,
  'parameters of a function': 255,
  'results of a function': 255,
  'locals of a function': 10_000,
  'locals of all functions': 200_000,
  'nested blocks': 1_000,
  'targets of a br_table': 10_000,
} as const;

/** @throws KernelError `bad-input` where there are too many */
export function within(what: keyof typeof COUNT_MAX, count: number): number {
  if (count > COUNT_MAX[what]) throw new KernelError('bad-input', `\`module\` has ${count} ${what}, and ${COUNT_MAX[what]} are allowed.`);
  return count;
}

/** @throws KernelError `bad-input` for a function that is too long, as it is or metered so far */
export function withinBody(bytes: number): void {
  if (bytes > BODY_BYTES_MAX) throw new KernelError('bad-input', `\`module\` has a function of more than ${BODY_BYTES_MAX} bytes, as it is or once it is metered: split it.`);
}
