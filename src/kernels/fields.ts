/** Reading the fields of a payload, alike for every kind: what a caller or a stranger passed goes in, checked values come out. */
import { KernelError } from './kernel.js';

export function bad(message: string): KernelError {
  return new KernelError('bad-input', message);
}

export function tooLarge(message: string): KernelError {
  return new KernelError('payload-too-large', message);
}

/**
 * An object with no other fields than these.
 * @param form how a payload looks, for the error of one that is no object
 */
export function checkFields(payload: unknown, kind: string, form: string, fields: ReadonlySet<string>): Record<string, unknown> {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) throw bad(`The payload must be an object ${form}.`);
  const unknown = Object.keys(payload).find((name) => !fields.has(name));
  if (unknown !== undefined) throw bad(`\`${unknown}\` is not a field of ${kind}.`);
  return payload as Record<string, unknown>;
}

export function readCount(value: unknown, name: string, max: number): number {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > max) throw bad(`\`${name}\` must be an integer from 1 to ${max}.`);
  return value as number;
}

export function readOneOf<Name extends string>(value: unknown, name: string, names: readonly Name[]): Name {
  if (!names.includes(value as Name)) throw bad(`\`${name}\` must be one of ${names.join(', ')}.`);
  return value as Name;
}

export function fromBase64(text: string, name: string): Uint8Array<ArrayBuffer> {
  let characters: string;
  try {
    characters = atob(text);
  } catch {
    throw bad(`\`${name}\` is not valid base64.`);
  }
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/** Bytes as they are; from JSON, as base64. */
export function readBytes(value: unknown, name: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string') throw bad(`\`${name}\` must be bytes: a Uint8Array, or a string of base64.`);
  return fromBase64(value, name);
}
