/** Strict shapes of parsed JSON: every field known and tested, none missing, none extra. */
import { isWellFormed } from '../encoding.js';

export type Test = (value: unknown) => boolean;
interface Field {
  readonly test: Test;
  readonly optional: boolean;
}
export interface Shape {
  readonly fields: ReadonlyMap<string, Field>;
  readonly required: number;
}

export interface Fault {
  readonly ok: false;
  readonly code: 'bad-input';
  readonly message: string;
}

export function fault(message: string): Fault {
  return { ok: false, code: 'bad-input', message };
}

export function shape(required: Readonly<Record<string, Test>>, optional: Readonly<Record<string, Test>> = {}): Shape {
  const fields = new Map<string, Field>();
  for (const [name, test] of Object.entries(required)) fields.set(name, { test, optional: false });
  for (const [name, test] of Object.entries(optional)) fields.set(name, { test, optional: true });
  return { fields, required: Object.keys(required).length };
}

/** What is wrong with `value`, in words for a person; undefined when it fits. */
export function misfit(value: unknown, { fields, required }: Shape): string | undefined {
  if (!isObject(value)) return 'is not an object';
  let found = 0;
  for (const name of Object.keys(value)) {
    const field = fields.get(name);
    if (!field) return `has an unknown field "${name.slice(0, 32)}"`;
    if (!field.test(value[name])) return `has a bad "${name}"`;
    if (!field.optional) found += 1;
  }
  return found === required ? undefined : 'lacks a field';
}

export function fits(expected: Shape): Test {
  return (value) => misfit(value, expected) === undefined;
}

/** Parsed JSON, or undefined: never throws, so neither do the parsers built on it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Test {
  return (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}

export function text(lengthMax: number): Test {
  return (value) => typeof value === 'string' && value.length <= lengthMax && isWellFormed(value);
}

export function pattern(expected: RegExp): Test {
  return (value) => typeof value === 'string' && expected.test(value);
}

export function oneOf(...values: readonly unknown[]): Test {
  return (value) => values.includes(value);
}

export function either(...tests: readonly Test[]): Test {
  return (value) => tests.some((test) => test(value));
}

export function list(item: Test, lengthMax: number, lengthMin = 0): Test {
  return (value) => Array.isArray(value) && value.length >= lengthMin && value.length <= lengthMax && value.every(item);
}

export function flag(value: unknown): boolean {
  return typeof value === 'boolean';
}
