/** Runs `encryption` with the platform's WebCrypto, chunk by chunk; stream.ts says how the chunks hang together. */
import { bad } from '../fields.js';
import type { Kernel, KernelContext, Value } from '../kernel.js';
import { chunksOf, manifest, workOf, type EncryptionOutput, type EncryptionPayload } from './manifest.js';
import type { Bytes } from './payload.js';
import { CHUNK_BYTES, KEY_BYTES, SEALED_CHUNK_BYTES, STREAM_INFO, STREAM_PREFIX_BYTES, streamNonce, TAG_BYTES } from './stream.js';

/** About two milliseconds. */
const CHUNKS_PER_BREATH = 8;

interface ChunkKeys {
  readonly key: CryptoKey;
  nonce(index: number): Bytes;
}

/** Absent where a page is not secure: the machine's trait, not the input's. */
function webCrypto(): SubtleCrypto {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) throw new Error('This machine has no WebCrypto here: a page has it only in a secure context (https, or localhost).');
  return subtle;
}

async function chunkKeys(subtle: SubtleCrypto, { op, key, iv }: EncryptionPayload, count: number): Promise<ChunkKeys> {
  const cipherKey = (bytes: Bytes): Promise<CryptoKey> => subtle.importKey('raw', bytes, 'AES-GCM', false, [op]);
  if (count === 1) return { key: await cipherKey(key), nonce: () => iv };

  const source = await subtle.importKey('raw', key, 'HKDF', false, ['deriveBits']);
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: iv, info: new TextEncoder().encode(STREAM_INFO) };
  const derived = new Uint8Array(await subtle.deriveBits(derivation, source, (KEY_BYTES + STREAM_PREFIX_BYTES) * 8));
  const prefix = derived.slice(KEY_BYTES);
  return { key: await cipherKey(derived.slice(0, KEY_BYTES)), nonce: (index) => streamNonce(prefix, index, count) };
}

async function transform(subtle: SubtleCrypto, payload: EncryptionPayload, context: KernelContext): Promise<Bytes> {
  const { op, data, aad } = payload;
  const count = chunksOf(payload);
  const { key, nonce } = await chunkKeys(subtle, payload, count);
  const taken = op === 'encrypt' ? CHUNK_BYTES : SEALED_CHUNK_BYTES;
  const given = op === 'encrypt' ? SEALED_CHUNK_BYTES : CHUNK_BYTES;
  const result = new Uint8Array(data.length + (op === 'encrypt' ? count : -count) * TAG_BYTES);

  for (let index = 0; index < count; index++) {
    const end = Math.min((index + 1) * taken, data.length);
    const parameters = { name: 'AES-GCM', iv: nonce(index), ...(aad && { additionalData: aad }) };
    const chunk = await subtle[op](parameters, key, data.subarray(index * taken, end)).catch((cause: unknown) => {
      // The name WebCrypto has for a tag that does not fit.
      if (op === 'decrypt' && (cause as Error).name === 'OperationError') throw bad('`data` does not open: it was changed, or `key`, `iv` or `aad` is another than when it was encrypted.');
      throw cause;
    });
    result.set(new Uint8Array(chunk), index * given);
    if ((index + 1) % CHUNKS_PER_BREATH !== 0 && index + 1 !== count) continue;
    context.progress(op, end, data.length);
    await context.breathe();
    context.signal.throwIfAborted();
  }
  return result;
}

export const kernel: Kernel = {
  kind: manifest.kind,
  version: manifest.version,
  async run(payload: Value, context: KernelContext) {
    // Here normalising must not draw one: every replica would draw another.
    if ((payload as Partial<EncryptionPayload> | null)?.iv === undefined) throw bad('`iv` is missing: it is fixed when the task is submitted.');
    const checked = manifest.normalise(payload) as unknown as EncryptionPayload;
    context.signal.throwIfAborted();
    const output: EncryptionOutput = { data: await transform(webCrypto(), checked, context), iv: checked.iv };
    return { output: output as unknown as Value, fuel: workOf(checked).fuel };
  },
};
