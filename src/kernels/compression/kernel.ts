/** Runs `compression`: vectors by quantisation, plain bytes by deflate, both ways. */
import { type Kernel, type KernelContext, type Value } from '../kernel.js';
import { holdsVectors, readHeader } from './container.js';
import { pack, unpack } from './deflate.js';
import { BYTES_MAX, FUEL_PER_RUN, manifest, plansOf, shapeOf, workOf, type BytesPayload, type CompressionPayload, type DecompressPayload, type VectorsPayload } from './manifest.js';
import type { CompressionOutput } from './present.js';
import { mostExactOf, quantise, restore, smallestWithin, type Watch } from './quantise.js';
import { inputBytes } from './schemes.js';
import { codingFuel } from './work.js';

type Done = (loaded: number) => Promise<void>;

interface Run {
  readonly output: CompressionOutput;
  readonly fuel: number;
}

function doneOf({ signal, breathe, progress }: KernelContext, total: number): Done {
  return async (loaded) => {
    progress('compress', loaded, total);
    await breathe();
    signal.throwIfAborted();
  };
}

/** Of the schemes to choose from only those that were tried are work done: what is known to miss is not encoded. */
async function compressVectors(payload: VectorsPayload, context: KernelContext): Promise<Run> {
  const shape = shapeOf(payload);
  const input = { ...shape, vectors: payload.vectors };
  const plans = plansOf(payload);
  let fuel = FUEL_PER_RUN;
  const watch: Watch = {
    done: doneOf(context, shape.rows),
    tried: (plan) => {
      fuel += codingFuel(plan, shape);
    },
  };
  const { plan, data, maxError } =
    'maxError' in payload ? await smallestWithin(payload.maxError, plans, input, watch)
    : 'minRatio' in payload ? await mostExactOf(payload.minRatio, plans, input, watch)
    : await quantise(plans[0]!, input, watch);
  const { scheme, subspaces } = plan;
  return { output: { scheme, ...(scheme === 'pq' ? { subspaces } : {}), data, ratio: inputBytes(shape) / data.length, maxError }, fuel: Math.ceil(fuel) };
}

async function compressBytes(payload: BytesPayload, context: KernelContext): Promise<Run> {
  const { data: plain, scheme: asked } = payload;
  const { scheme, data } = await pack(plain, asked, doneOf(context, plain.length));
  return { output: { scheme, data, ratio: plain.length / data.length, maxError: 0 }, fuel: workOf(payload).fuel };
}

async function decompress(payload: DecompressPayload, context: KernelContext): Promise<Run> {
  const { fuel } = workOf(payload);
  const { data } = payload;
  const header = readHeader(data, BYTES_MAX);
  if (!holdsVectors(header)) {
    const plain = await unpack(data, header, doneOf(context, data.length));
    return { output: { scheme: header.scheme, data: plain, ratio: plain.length / data.length, maxError: 0 }, fuel };
  }
  const { scheme, subspaces, dims, maxError } = header;
  const vectors = await restore(data, header, doneOf(context, header.rows));
  return { output: { scheme, ...(scheme === 'pq' ? { subspaces } : {}), vectors, dims, ratio: vectors.byteLength / data.length, maxError }, fuel };
}

export const kernel: Kernel = {
  kind: manifest.kind,
  version: manifest.version,
  async run(payload: Value, context: KernelContext) {
    // The payload may come from a stranger: what it says of itself is checked again.
    const checked = manifest.normalise(payload) as unknown as CompressionPayload;
    context.signal.throwIfAborted();
    const { output, fuel } =
      'vectors' in checked ? await compressVectors(checked, context)
      : checked.op === 'compress' ? await compressBytes(checked, context)
      : await decompress(checked, context);
    return { output: output as unknown as Value, fuel };
  },
};
