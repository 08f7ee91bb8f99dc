/**
 * What guests gave, took and failed with in Node, in test/vectors/custom_wasm.json: every engine does the same. The
 * inputs of the examples are made here.
 */

export interface Recorded {
  /** Of examples/guests/; `output` is the SHA-256 of what came out, in hexadecimal. */
  readonly examples: readonly { readonly name: string; readonly fuel: number; readonly output: string }[];
  /** Guests that fail, by their modules in base64. */
  readonly failures: readonly { readonly what: string; readonly module: string; readonly code: string; readonly message: string }[];
}

/** For the failures, which would take for ever. */
export const FAILURE_FUEL = 60_000;

const bytes = (): Uint8Array => new Uint8Array(100_000).map((_, i) => i * 7);

export const INPUTS: Readonly<Record<string, () => Uint8Array>> = {
  'c/sha256': bytes,
  'wat/crc32': bytes,
  'rust/word_count': () => new TextEncoder().encode('Who counts the words that count? '.repeat(500)),
  'assemblyscript/mandelbrot': () => new Uint8Array(Uint32Array.of(200, 150, 300).buffer),
};
