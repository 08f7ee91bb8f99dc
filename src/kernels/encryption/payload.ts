/** The fields of an `encryption` payload, one reader each: bytes or base64 in, checked bytes out. */
import { bad, checkFields, readBytes as readAnyBytes, readOneOf } from '../fields.js';

/** A copy that nobody else holds: what a caller changes later is not encrypted instead. */
export type Bytes = Uint8Array<ArrayBuffer>;

export type Operation = 'encrypt' | 'decrypt';

const FIELDS = new Set(['op', 'data', 'key', 'iv', 'aad']);

export function checkRecord(payload: unknown): Record<string, unknown> {
  return checkFields(payload, 'encryption', '{op, data, key, iv}', FIELDS);
}

export function readOperation(value: unknown): Operation {
  return readOneOf(value, 'op', ['encrypt', 'decrypt']);
}

export function readBytes(value: unknown, name: string): Bytes {
  return new Uint8Array(readAnyBytes(value, name));
}

export function readExactly(length: number, value: unknown, name: string): Bytes {
  const bytes = readBytes(value, name);
  if (bytes.length !== length) throw bad(`\`${name}\` must have ${length} bytes, this has ${bytes.length}.`);
  return bytes;
}
