/**
 * Our compression kernel against what one would write or call instead: plain loops for each scheme, which measure no
 * error; zlib and CompressionStream for bytes. Encoding, as the kernel runs it: checked, and its error measured.
 */
import { Float16Array } from '@petamoriken/float16';
import { deflateRawSync } from 'node:zlib';
import { kernel } from '../src/kernels/compression/kernel.js';
import { manifest } from '../src/kernels/compression/manifest.js';
import { clusteredUnitVectors } from '../test/kernels/vector_search-vectors.js';
import { contextOf } from './context.js';
import { plainProduct } from './compression-product.js';
import { race, significant } from './race.js';

const DIMS = 384;
const ROWS = 2_000;
/** Learning centroids takes seconds for the rows that the other schemes are timed on. */
const PQ_ROWS = 400;
const PQ_SUBSPACES = 48;
const BYTES = 2_000_000;
const ROUNDS = 9;

interface Figures {
  readonly kernelMbPerSecond: number;
  /** Over 1 where the kernel is faster. */
  readonly [relativeTo: `relativeTo${string}`]: number;
}

type Plain = (vectors: Float32Array) => unknown;

const PLAIN: Readonly<Record<'f16' | 'int8' | 'int4' | 'binary' | 'pq', Plain>> = {
  f16: (vectors) => new Float16Array(vectors),
  int8: (vectors) => {
    const codes = new Int8Array(vectors.length);
    const steps = new Float32Array(vectors.length / DIMS);
    for (let row = 0; row < steps.length; row++) {
      const step = (steps[row] = largest(vectors, row * DIMS, (row + 1) * DIMS) / 127);
      for (let i = row * DIMS; i < (row + 1) * DIMS; i++) codes[i] = Math.round(vectors[i]! / step);
    }
    return { codes, steps };
  },
  int4: (vectors) => {
    const block = 32;
    const codes = new Uint8Array(vectors.length / 2);
    const steps = new Float32Array(vectors.length / block);
    for (let b = 0; b < steps.length; b++) {
      const step = (steps[b] = largest(vectors, b * block, (b + 1) * block) / 7);
      for (let i = b * block; i < (b + 1) * block; i += 2) codes[i >> 1] = (Math.round(vectors[i]! / step) + 8) | ((Math.round(vectors[i + 1]! / step) + 8) << 4);
    }
    return { codes, steps };
  },
  binary: (vectors) => {
    const bits = new Uint8Array(vectors.length / 8);
    for (let i = 0; i < vectors.length; i++) if (vectors[i]! > 0) bits[i >> 3]! |= 1 << (i & 7);
    return bits;
  },
  pq: (vectors) => plainProduct(vectors, DIMS, PQ_SUBSPACES),
};

function largest(vectors: Float32Array, begin: number, end: number): number {
  let most = 0;
  for (let i = begin; i < end; i++) most = Math.max(most, Math.abs(vectors[i]!));
  return most;
}

async function benchScheme(scheme: keyof typeof PLAIN, vectors: Float32Array): Promise<Figures> {
  const payload = manifest.normalise({ op: 'compress', vectors, dims: DIMS, scheme, ...(scheme === 'pq' ? { subspaces: PQ_SUBSPACES } : {}) });
  const context = contextOf('compression');
  const { ms, speedup } = await race({ kernel: () => kernel.run(payload, context), plain: () => PLAIN[scheme](vectors) }, { rounds: scheme === 'pq' ? 3 : ROUNDS, repeats: scheme === 'pq' ? 1 : 3 });
  return { kernelMbPerSecond: significant(vectors.byteLength / 1e3 / ms.kernel), relativeToPlain: speedup('kernel', 'plain') };
}

async function compressionStream(data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const stream = new Blob([data]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Response(stream as unknown as BodyInit).arrayBuffer();
}

async function benchDeflate(): Promise<Figures> {
  // Numbers as text: neither random nor all alike.
  const data = new TextEncoder().encode(Array.from({ length: BYTES / 8 }, (_, i) => `${(i * i * 7919) % 1_000_003},`.padStart(8)).join('')).slice(0, BYTES);
  const payload = manifest.normalise({ op: 'compress', data });
  const context = contextOf('compression');
  const { ms, speedup } = await race({ kernel: () => kernel.run(payload, context), zlib: () => deflateRawSync(data, { level: 6 }), stream: () => compressionStream(data) }, { rounds: 5 });
  return { kernelMbPerSecond: significant(BYTES / 1e3 / ms.kernel), relativeToZlib: speedup('kernel', 'zlib'), relativeToCompressionStream: speedup('kernel', 'stream') };
}

export async function bench(): Promise<Record<string, Figures>> {
  const { vectors } = clusteredUnitVectors(ROWS, 1, DIMS, 3);
  const results: [string, Figures][] = [];
  for (const scheme of Object.keys(PLAIN) as (keyof typeof PLAIN)[]) results.push([scheme, await benchScheme(scheme, scheme === 'pq' ? vectors.subarray(0, PQ_ROWS * DIMS) : vectors)]);
  return { ...Object.fromEntries(results), deflate: await benchDeflate() };
}
