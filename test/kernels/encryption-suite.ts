/** What Node and Chromium must agree on: vectors from outside, and one long message whose every byte is recorded. */
import { fromHex } from '../../src/engine/adapters/signer/hex.js';
import type { KernelContext, Value } from '../../src/kernels/kernel.js';
import { kernel } from '../../src/kernels/encryption/kernel.js';
import { manifest, type EncryptionOutput, type EncryptionPayload } from '../../src/kernels/encryption/manifest.js';
import type { Bytes } from '../../src/kernels/encryption/payload.js';
import { openGcm, sealGcm } from '../../src/kernels/encryption/reference.js';
import { hexOf, type LoadVectors } from '../contract/curves.js';
import { codeOf, type Runner } from '../contract/runner.js';

type GcmCase = readonly [comment: string, key: string, iv: string, aad: string, message: string, sealed: string, valid: boolean];

/** SHA-256 of what version 1 of the kernel makes of `longMessage`: three chunks, the last one short, under an aad. */
export const LONG_MESSAGE_SHA256 = '3b00fd766d9e2d5c61a741fd75c59b6bb750e4812ae9ddcda1ab959f2d184967';

export function longMessage(): Required<EncryptionPayload> & { op: 'encrypt' } {
  const counted = (length: number): Bytes => Uint8Array.from({ length }, (_, i) => (i * 131 + (i >> 8)) & 0xff);
  return { op: 'encrypt', data: counted(150_001), key: counted(32), iv: counted(12), aad: counted(19) };
}

export function context(overrides: Partial<KernelContext> = {}): KernelContext {
  return { signal: new AbortController().signal, modelBase: undefined, assetBase: '', progress() {}, breathe: async () => {}, breatheSync() {}, ...overrides };
}

/** What a worker does with what a caller passed. */
export async function run(payload: unknown, overrides?: Partial<KernelContext>): Promise<{ data: Uint8Array; iv: Uint8Array; output: Value; fuel: number }> {
  const { output, fuel } = await kernel.run(manifest.normalise(payload), context(overrides));
  return { ...(manifest.present(output) as unknown as EncryptionOutput), output, fuel };
}

export function encryptionSuite(load: LoadVectors, { test, equal }: Runner): void {
  const cases = async (name: string): Promise<GcmCase[]> => {
    const { columns, tests } = (await load(`aes-256-gcm/${name}`)) as { columns: string[]; tests: unknown[][] };
    return tests.map((row) => row.slice(columns.indexOf('comment')) as unknown as GcmCase);
  };

  const reproduce = async (vectors: readonly GcmCase[]): Promise<void> => {
    for (const [comment, ...hex] of vectors) {
      const [key, iv, aad, message, sealed] = hex.slice(0, 5).map((value) => fromHex(value as string)) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
      if (hex[5]) {
        equal(hexOf((await run({ op: 'encrypt', data: message, key, iv, aad })).data), hex[4], comment);
        equal(hexOf((await run({ op: 'decrypt', data: sealed, key, iv, aad })).data), hex[3], comment);
      } else {
        equal(await codeOf(run({ op: 'decrypt', data: sealed, key, iv, aad })), 'bad-input', comment);
      }
      equal(hexOf(sealGcm(key, iv, message, aad)) === hex[4], hex[5], `reference: ${comment}`);
      const opened = openGcm(key, iv, sealed, aad);
      equal(opened && hexOf(opened), hex[5] ? hex[3] : undefined, `reference: ${comment}`);
    }
  };

  test('AES-256-GCM as in the vectors of NIST', async () => {
    const vectors = await cases('nist');
    equal([vectors.length, vectors.filter(([, , , , , , valid]) => valid).length], [175, 125]);
    await reproduce(vectors);
  });

  test('AES-256-GCM as in the vectors of Project Wycheproof', async () => {
    const vectors = await cases('wycheproof');
    equal([vectors.length, vectors.filter(([, , , , , , valid]) => valid).length], [66, 39]);
    await reproduce(vectors);
  });

  test('a message of several chunks has the same bytes everywhere', async () => {
    const message = longMessage();
    const { data } = await run(message);
    equal(hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(data)))), LONG_MESSAGE_SHA256);
    equal((await run({ ...message, op: 'decrypt', data })).data, message.data);
  });
}
