/** The fields of an `encryption` payload, one reader each: bytes or base64 in, checked bytes out. */
import { KernelError } from '../kernel.js';

/** A copy that nobody else holds: what a caller changes later is not encrypted instead. */
export type Bytes = Uint8Array<ArrayBuffer>;

export type Operation = 'encrypt' | 'decrypt';

const FIELDS = new Set(['op', 'data', 'key', 'iv', 'aad']);

export function bad(message: string): KernelError {
  return new KernelError('bad-input', message);
}

export function checkRecord(payload: unknown): Record<string, unknown> {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) throw bad('The payload must be an object {op, data, key, iv}.');
  const unknown = Object.keys(payload).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) throw bad(`\`${unknown}\` is not a field of encryption.`);
  return payload as Record<string, unknown>;
}

export function readOperation(value: unknown): Operation {
  if (value !== 'encrypt' && value !== 'decrypt') throw bad('`op` must be "encrypt" or "decrypt".');
  return value;
}

/** Bytes; from JSON, as base64. */
export function readBytes(value: unknown, name: string): Bytes {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (typeof value !== 'string') throw bad(`\`${name}\` must be bytes: a Uint8Array, or a string of base64.`);
  return fromBase64(value, name);
}

export function readExactly(length: number, value: unknown, name: string): Bytes {
  const bytes = readBytes(value, name);
  if (bytes.length !== length) throw bad(`\`${name}\` must have ${length} bytes, this has ${bytes.length}.`);
  return bytes;
}

function fromBase64(text: string, name: string): Bytes {
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
