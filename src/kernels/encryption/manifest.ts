/**
 * What the engine knows of the task kind `encryption` without loading its kernel: AES-256-GCM.
 *
 * Whoever runs the task sees `key` and `data`: that is what handing encryption to others means. The network's own
 * encryption keeps them from everybody else. Use a key made for this one job, and encrypt at home what no worker may know.
 *
 * Data of at most 65,536 bytes becomes a plain AES-256-GCM message that any other implementation opens; for more see
 * stream.ts. What is not authentic in every byte is refused as `bad-input`, and nothing of it is returned.
 */
import { bad } from '../fields.js';
import { KernelError, type Manifest, type Meter, type Value } from '../kernel.js';
import { checkRecord, readBytes, readExactly, readOperation, type Bytes, type Operation } from './payload.js';
import { chunksToOpen, chunksToSeal, IV_BYTES, KEY_BYTES, TAG_BYTES } from './stream.js';

export interface EncryptionPayload {
  readonly op: Operation;
  /** To encrypt: anything. To decrypt: what encrypting returned, ciphertext and tags. */
  readonly data: Bytes;
  /** 32 bytes. */
  readonly key: Bytes;
  /** 12 bytes, never used twice with one key. Left out when encrypting, the submitter's machine draws it at random. */
  readonly iv: Bytes;
  /** Authenticated with the data, but neither encrypted nor part of the output; decrypting needs the same. */
  readonly aad?: Bytes;
}

export interface EncryptionOutput {
  readonly data: Uint8Array;
  /** What decrypting needs beside the key. */
  readonly iv: Uint8Array;
}

const BYTES_MAX = 8_000_000;
/** Every chunk's tag goes over it again. */
const AAD_BYTES_MAX = 65_536;
/** Room for keys, numbers and names beside the bulk of a payload or output. */
const ENVELOPE_BYTES = 256;

/** 0.1 credit a megabyte (10^6 bytes). */
const BYTES_PER_MICRO_CREDIT = 10;
/** Starting a run: importing the key, and deriving a stream's. */
const FUEL_PER_RUN = 1_000;
/** One call of WebCrypto, there and back. */
const FUEL_PER_CHUNK = 100;
const BYTES_PER_FUEL = 500;

function normalise(payload: unknown): Value {
  const given = checkRecord(payload);
  const op = readOperation(given['op']);
  const data = readBytes(given['data'], 'data');
  const key = readExactly(KEY_BYTES, given['key'], 'key');
  const iv = readIv(given['iv'], op);
  const aad = given['aad'] === undefined ? new Uint8Array() : readBytes(given['aad'], 'aad');
  checkSize(op, data.length, aad.length);
  return { op, data, key, iv, ...(aad.length > 0 && { aad }) } satisfies EncryptionPayload;
}

/** Drawn before the task is escrowed, so that all its replicas work with the same. */
function readIv(value: unknown, op: Operation): Bytes {
  if (value !== undefined) return readExactly(IV_BYTES, value, 'iv');
  if (op === 'decrypt') throw bad('`iv` is missing: to decrypt, pass the `iv` that encrypting returned.');
  return crypto.getRandomValues(new Uint8Array(IV_BYTES));
}

function checkSize(op: Operation, dataBytes: number, aadBytes: number): void {
  if (aadBytes > AAD_BYTES_MAX) throw new KernelError('payload-too-large', `\`aad\` has ${aadBytes} bytes of at most ${AAD_BYTES_MAX}; pass a hash of it.`);
  const payloadBytes = dataBytes + aadBytes;
  if (payloadBytes > BYTES_MAX) throw new KernelError('payload-too-large', `The payload has ${payloadBytes} bytes of at most ${BYTES_MAX}; split the task.`);
  const outputBytes = op === 'encrypt' ? dataBytes + chunksToSeal(dataBytes) * TAG_BYTES : 0;
  if (outputBytes > BYTES_MAX) throw new KernelError('payload-too-large', `The encrypted \`data\` would have ${outputBytes} bytes of at most ${BYTES_MAX}; split the task.`);
  if (op === 'decrypt' && chunksToOpen(dataBytes) === undefined) throw bad(`\`data\`: nothing encrypted has ${dataBytes} bytes; it was cut or extended.`);
}

/** How many chunks a normalised payload has. */
export function chunksOf({ op, data }: EncryptionPayload): number {
  return op === 'encrypt' ? chunksToSeal(data.length) : chunksToOpen(data.length)!;
}

/** A function of the sizes alone. */
export function workOf(payload: EncryptionPayload): Meter {
  const { data, aad } = payload;
  const aadBytes = aad?.length ?? 0;
  const chunks = chunksOf(payload);
  return {
    price: Math.max(1, Math.ceil((data.length + aadBytes) / BYTES_PER_MICRO_CREDIT)),
    fuel: FUEL_PER_RUN + chunks * FUEL_PER_CHUNK + Math.ceil((data.length + chunks * aadBytes) / BYTES_PER_FUEL),
  };
}

function present(output: Value): { data: Uint8Array; iv: Uint8Array } {
  const { data, iv } = (output ?? {}) as Partial<EncryptionOutput>;
  if (!(data instanceof Uint8Array) || !(iv instanceof Uint8Array) || iv.length !== IV_BYTES) throw new KernelError('kernel-failed', 'The result of the encryption is malformed.');
  return { data, iv };
}

export const manifest: Manifest = {
  kind: 'encryption',
  version: 1,
  equivalence: 'wasm',
  limits: {
    payloadBytesMax: BYTES_MAX + ENVELOPE_BYTES,
    outputBytesMax: BYTES_MAX + ENVELOPE_BYTES,
    memoryBytesMax: 64 * 1024 * 1024,
    wallMsMax: 30_000,
  },
  normalise,
  meter: (payload) => workOf(payload as unknown as EncryptionPayload),
  present,
};
