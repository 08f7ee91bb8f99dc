/**
 * Canonical bytes of a `Value`: MessagePack with sorted keys and one extension type per typed array,
 * elements little-endian. One value has one encoding, so equal outputs have equal digests.
 * Source: https://github.com/msgpack/msgpack/blob/master/spec.md
 */
import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';
import { DEPTH_MAX, scan } from './codec-scan.js';
import { KernelError, type Value } from './kernel.js';

type Typed = Int8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;
type TypedConstructor = { new (buffer: ArrayBuffer): Typed; readonly BYTES_PER_ELEMENT: number };

/** Extension numbers are part of the wire format: never renumber. */
const EXTENSIONS: readonly (readonly [number, TypedConstructor])[] = [
  [1, Int8Array],
  [2, Uint16Array],
  [3, Uint32Array],
  [4, Float32Array],
  [5, Float64Array],
];

const codec = new ExtensionCodec();
for (const [type, Constructor] of EXTENSIONS) {
  codec.register({
    type,
    encode: (value) => (value instanceof Constructor ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null),
    decode: (bytes) => {
      if (bytes.byteLength % Constructor.BYTES_PER_ELEMENT !== 0) throw new KernelError('bad-input', 'A typed array has a broken length.');
      // A copy: `slice` of a Node Buffer would be a view, of unknown alignment, into somebody's pool.
      return new Constructor(new Uint8Array(bytes).buffer);
    },
  });
}

/** An encoder keeps room for twice the largest value it ever met; one that has met a large value is let go. */
const KEPT_BYTES_MAX = 256 << 10;
const newEncoder = (): Encoder => new Encoder({ extensionCodec: codec, sortKeys: true, maxDepth: DEPTH_MAX, ignoreUndefined: true });
let encoder = newEncoder();

/** @throws KernelError `bad-input` for a value that has no encoding (functions, cycles, too deep) */
export function encode(value: Value): Uint8Array {
  try {
    const bytes = encoder.encode(value);
    if (bytes.length > KEPT_BYTES_MAX) encoder = newEncoder();
    return bytes;
  } catch (cause) {
    throw new KernelError('bad-input', `The payload cannot be encoded: ${(cause as Error).message}`);
  }
}

/** @throws KernelError `bad-input` for bytes that are not one complete encoding, or too deep */
export function decode(bytes: Uint8Array): Value {
  try {
    // The decoder makes room for whatever a header claims.
    scan(bytes);
    return new Decoder({ extensionCodec: codec }).decode(bytes) as Value;
  } catch (cause) {
    throw new KernelError('bad-input', `The payload cannot be decoded: ${(cause as Error).message}`);
  }
}
