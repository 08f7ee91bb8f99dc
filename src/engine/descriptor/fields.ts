/** Readers of untrusted JSON. Each names the field and what was found there. */
import { isKey } from '../core/encoding.js';
import { invalid } from './error.js';

export type Fields = Readonly<Record<string, unknown>>;

export function parseFields(text: unknown, where: string): Fields {
  if (typeof text !== 'string') throw invalid(`${where} must be JSON text, ${found(text)}.`);
  try {
    return fieldsOf(JSON.parse(text), where);
  } catch (error) {
    throw error instanceof SyntaxError ? invalid(`${where} is not JSON (${error.message}).`) : error;
  }
}

export function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${where} must be an object, ${found(value)}.`);
  return value as Fields;
}

export function listOf<T>(value: unknown, where: string, countMax: number, read: (item: unknown, where: string) => T): readonly T[] {
  if (!Array.isArray(value)) throw invalid(`${where} must be a list, ${found(value)}.`);
  if (value.length > countMax) throw invalid(`${where} has ${value.length} entries, at most ${countMax} are allowed.`);
  return value.map((item, index) => read(item, `${where}[${index}]`));
}

export function integer(value: unknown, where: string, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    throw invalid(`${where} must be an integer from ${min} to ${max}, ${found(value)}.`);
  }
  return value as number;
}

export function flag(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw invalid(`${where} must be true or false, ${found(value)}.`);
  return value;
}

export function line(value: unknown, where: string, lengthMax: number): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > lengthMax) {
    throw invalid(`${where} must be text of 1 to ${lengthMax} characters, ${found(value)}.`);
  }
  return value;
}

/** 32 bytes, base64url: a key or a hash. */
export function key(value: unknown, where: string): string {
  if (!isKey(value)) throw invalid(`${where} must be 32 bytes as base64url, ${found(value)}.`);
  return value;
}

export function equal(value: unknown, where: string, expected: string): void {
  if (value !== expected) throw invalid(`${where} must be "${expected}", ${found(value)}.`);
}

export function distinct(values: readonly string[], where: string): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw invalid(`${where} names ${twice} twice.`);
}

function found(value: unknown): string {
  if (value === undefined) return 'and is missing';
  const text = JSON.stringify(value) ?? String(value);
  return `not ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}
