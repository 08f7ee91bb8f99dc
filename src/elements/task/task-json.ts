/** A result as JSON: bytes as base64, as on the command line; other typed arrays as numbers. */
import type { TaskResult } from '../../engine/index.js';

const BYTES_A_CALL = 0x2000;

export function resultJson(result: TaskResult): string {
  return JSON.stringify(result, (_, value: unknown) => (value instanceof Uint8Array ? base64(value) : isNumbers(value) ? Array.from(value) : value), 2);
}

/** Arrays of numbers, of whichever make. */
export function isNumbers(value: unknown): value is ArrayLike<number> & Iterable<number> {
  if (value instanceof Uint8Array) return false;
  return (ArrayBuffer.isView(value) && !(value instanceof DataView)) || (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number'));
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += BYTES_A_CALL) text += String.fromCharCode(...bytes.subarray(at, at + BYTES_A_CALL));
  return btoa(text);
}
