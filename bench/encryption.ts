/** Our AES-256-GCM kernel against WebCrypto on the same thread: the data in one call, and in chunks as the kernel cuts them. */
import { kernel } from '../src/kernels/encryption/kernel.js';
import { manifest } from '../src/kernels/encryption/manifest.js';
import { CHUNK_BYTES, TAG_BYTES } from '../src/kernels/encryption/stream.js';
import { contextOf } from './context.js';
import { race } from './race.js';

const SIZES = { '64 KB': { bytes: CHUNK_BYTES, repeats: 40 }, '1 MB': { bytes: 2 ** 20, repeats: 8 }, '7.5 MB': { bytes: 7_500_000, repeats: 1 } } as const;
const ROUNDS = 21;

interface Figures {
  readonly kernelMbPerSecond: number;
  readonly webCryptoMbPerSecond: number;
  /** Over 1 where the kernel is faster. */
  readonly relativeToWebCrypto: number;
  readonly relativeToWebCryptoInChunks: number;
}

async function benchSize(bytes: number, repeats: number): Promise<Figures> {
  const data = new Uint8Array(bytes).map((_, i) => i * 31);
  const [key, iv] = [new Uint8Array(32).fill(1), new Uint8Array(12).fill(2)];
  const payload = manifest.normalise({ op: 'encrypt', data, key, iv });
  const context = contextOf('encryption');
  const webCryptoKey = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  const seal = (part: Uint8Array<ArrayBuffer>, nonce: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> => crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, webCryptoKey, part);
  const { ms, speedup } = await race(
    {
      kernel: () => kernel.run(payload, context),
      webCrypto: () => seal(data, iv),
      async chunks() {
        const sealed = new Uint8Array(bytes + Math.ceil(bytes / CHUNK_BYTES) * TAG_BYTES);
        for (let at = 0, chunk = 0; at < bytes; at += CHUNK_BYTES, chunk++) {
          const nonce = iv.slice();
          new DataView(nonce.buffer).setUint32(8, chunk);
          sealed.set(new Uint8Array(await seal(data.subarray(at, at + CHUNK_BYTES), nonce)), at + chunk * TAG_BYTES);
        }
        return sealed;
      },
    },
    { rounds: ROUNDS, repeats },
  );
  const rate = (each: number): number => Math.round(bytes / 1e3 / each);
  return { kernelMbPerSecond: rate(ms.kernel), webCryptoMbPerSecond: rate(ms.webCrypto), relativeToWebCrypto: speedup('kernel', 'webCrypto'), relativeToWebCryptoInChunks: speedup('kernel', 'chunks') };
}

export async function bench(): Promise<Readonly<Record<string, Figures>>> {
  const results: [string, Figures][] = [];
  for (const [name, { bytes, repeats }] of Object.entries(SIZES)) results.push([name, await benchSize(bytes, repeats)]);
  return Object.fromEntries(results);
}
