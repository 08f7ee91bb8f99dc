/** Equality of payloads, for those whose bulk is megabytes: what is the same object, or equal words, is not looked at byte by byte. */
import type { Value } from '../../../kernels/kernel.js';

type Typed = Extract<Value, ArrayBufferView>;
type Fields = { readonly [key: string]: Value | undefined };

const WORD_BYTES = Uint32Array.BYTES_PER_ELEMENT;

/** Whether both have one and the same encoding (kernels/codec.ts). */
export function isSameValue(one: Value, other: Value): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (ArrayBuffer.isView(one)) return ArrayBuffer.isView(other) && isSameTyped(one, other);
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((item: Value, i) => isSameValue(item, other[i] as Value));
  return !Array.isArray(other) && !ArrayBuffer.isView(other) && areSameFields(one as Fields, other as Fields);
}

/** A field that is undefined is not encoded. */
function areSameFields(one: Fields, other: Fields): boolean {
  const names = Object.keys(one).filter((name) => one[name] !== undefined);
  const isSame = (name: string): boolean => Object.hasOwn(other, name) && other[name] !== undefined && isSameValue(one[name]!, other[name]);
  return names.every(isSame) && names.length === Object.keys(other).filter((name) => other[name] !== undefined).length;
}

function isSameTyped(one: Typed, other: Typed): boolean {
  return one.constructor === other.constructor && one.byteLength === other.byteLength && areSameBytes(aligned(one), aligned(other));
}

/** A copy where the bytes do not begin at a word: several times as fast as comparing them one by one. */
function aligned({ buffer, byteOffset, byteLength }: Typed): Uint8Array {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return byteOffset % WORD_BYTES === 0 ? bytes : bytes.slice();
}

function areSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  const words = Math.floor(one.length / WORD_BYTES);
  const oneWords = new Uint32Array(one.buffer, one.byteOffset, words);
  const otherWords = new Uint32Array(other.buffer, other.byteOffset, words);
  for (let at = 0; at < words; at++) if (oneWords[at] !== otherWords[at]) return false;
  for (let at = words * WORD_BYTES; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
