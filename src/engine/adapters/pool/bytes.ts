/**
 * Bytes whose buffer holds nothing else, so that transferring it detaches nobody else's data (and
 * cloning a small view does not carry a large buffer along).
 */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // Bytes that were handed over already look empty, and can be neither transferred nor copied.
  if (bytes.byteLength === 0) return new Uint8Array(0);
  const whole = bytes.buffer instanceof ArrayBuffer && bytes.buffer.byteLength === bytes.byteLength;
  return whole ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
