/** Runs `compression`: vectors by quantisation, plain bytes by deflate, both ways. */
import { type Kernel, type KernelContext, type Value } from '../kernel.js';
import { holdsVectors, readHeader } from './container.js';
import { pack, unpack } from './deflate.js';
import { BYTES_MAX, manifest, plansOf, shapeOf, workOf, type BytesPayload, type CompressionPayload, type VectorsPayload } from './manifest.js';
import type { BytesOutput, CompressionOutput } from './present.js';
import { mostExactOf, quantise, restore, smallestWithin, type RowsDone } from './quantise.js';
import { inputBytes } from './schemes.js';

type Done = (loaded: number) => Promise<void>;

function doneOf({ signal, breathe, progress }: KernelContext, total: number): Done {
  return async (loaded) => {
    progress('compress', loaded, total);
    await breathe();
    signal.throwIfAborted();
  };
}

async function compressVectors(payload: VectorsPayload, context: KernelContext): Promise<BytesOutput> {
  const shape = shapeOf(payload);
  const input = { ...shape, vectors: payload.vectors };
  const plans = plansOf(payload);
  const done: RowsDone = doneOf(context, shape.rows);
  const { plan, data, maxError } =
    'maxError' in payload ? await smallestWithin(payload.maxError, plans, input, done)
    : 'minRatio' in payload ? await mostExactOf(payload.minRatio, plans, input, done)
    : await quantise(plans[0]!, input, done);
  const { scheme, subspaces } = plan;
  return { scheme, ...(scheme === 'pq' ? { subspaces } : {}), data, ratio: inputBytes(shape) / data.length, maxError };
}

async function compressBytes({ data: plain, scheme: asked }: BytesPayload, context: KernelContext): Promise<BytesOutput> {
  const { scheme, data } = await pack(plain, asked, doneOf(context, plain.length));
  return { scheme, data, ratio: plain.length / data.length, maxError: 0 };
}

async function decompress(data: Uint8Array, context: KernelContext): Promise<CompressionOutput> {
  const header = readHeader(data, BYTES_MAX);
  if (!holdsVectors(header)) {
    const plain = await unpack(data, header, doneOf(context, data.length));
    return { scheme: header.scheme, data: plain, ratio: plain.length / data.length, maxError: 0 };
  }
  const { scheme, subspaces, dims, maxError } = header;
  const vectors = await restore(data, header, doneOf(context, header.rows));
  return { scheme, ...(scheme === 'pq' ? { subspaces } : {}), vectors, dims, ratio: vectors.byteLength / data.length, maxError };
}

export const kernel: Kernel = {
  kind: manifest.kind,
  version: manifest.version,
  async run(payload: Value, context: KernelContext) {
    // The payload may come from a stranger: what it says of itself is checked again.
    const checked = manifest.normalise(payload) as unknown as CompressionPayload;
    context.signal.throwIfAborted();
    const output: CompressionOutput =
      'vectors' in checked ? await compressVectors(checked, context)
      : checked.op === 'compress' ? await compressBytes(checked, context)
      : await decompress(checked.data, context);
    return { output: output as unknown as Value, fuel: workOf(checked).fuel };
  },
};
