/**
 * A model in transformers.js, run by onnxruntime-web's wasm on one thread, in a page's worker and in Node
 * alike: the same machine code, so the same bits. (In Node transformers.js would take the native runtime,
 * whose results differ; a runtime found under the global symbol `onnxruntime` goes before it.)
 */
import type * as Transformers from '@huggingface/transformers';
import { KernelError } from '../kernel.js';
import type { ModelFiles } from './files.js';
import type { ModelProfile } from './profiles.js';

type Library = typeof Transformers;

export interface Encoder {
  /** Token ids of a text, cut to the model's length; at least one. */
  tokenise(text: string): readonly number[];
  /** Token vectors of a padded batch: `width` rows of `dims` for each text. */
  run(batch: readonly (readonly number[])[]): Promise<{ readonly data: Float32Array; readonly width: number }>;
}

/** transformers.js asks for files by URL; this host exists in no network and is answered from memory. */
const HOST = 'https://model.invalid/';

let library: Promise<Library> | undefined;

/** Once in the life of a worker: the runtime cannot be configured again after its first session. */
async function loadLibrary(assetBase: string): Promise<Library> {
  const runtime = await import('onnxruntime-web/wasm');
  runtime.env.wasm.numThreads = 1;
  runtime.env.wasm.wasmPaths = {
    mjs: new URL('ort-wasm-simd-threaded.mjs', assetBase).href,
    wasm: new URL('ort-wasm-simd-threaded.wasm', assetBase).href,
  };
  Object.assign(globalThis, { [Symbol.for('onnxruntime')]: runtime });
  const transformers = await import('@huggingface/transformers');
  const { env } = transformers;
  env.logLevel = transformers.LogLevel.ERROR;
  env.allowLocalModels = false;
  env.useFS = false;
  env.useFSCache = false;
  env.useBrowserCache = false;
  env.useWasmCache = false; // it would import the glue from a blob, which a strict CSP refuses
  env.remoteHost = HOST;
  env.remotePathTemplate = '{model}/';
  env.fetch = () => Promise.resolve(new Response(null, { status: 404 }));
  env.useCustomCache = true;
  return transformers;
}

/** The files of one model, seen as the cache that transformers.js asks before it would fetch. */
function memoryCache(model: string, files: ModelFiles): NonNullable<Library['env']['customCache']> {
  const prefix = `${HOST}${model}/`;
  return {
    match: async (url) => {
      const bytes = url.startsWith(prefix) ? files.get(url.slice(prefix.length)) : undefined;
      return bytes && new Response(bytes, { headers: { 'content-length': String(bytes.length) } });
    },
    put: () => Promise.resolve(),
  };
}

function toTensor({ Tensor }: Library, rows: readonly (readonly number[])[], width: number, padding: number): Transformers.Tensor {
  const data = new BigInt64Array(rows.length * width).fill(BigInt(padding));
  rows.forEach((row, i) => row.forEach((value, j) => (data[i * width + j] = BigInt(value))));
  return new Tensor('int64', data, [rows.length, width]);
}

/** @throws KernelError `kernel-failed` when the runtime cannot start or the model cannot be read */
export async function createEncoder(model: string, profile: ModelProfile, files: ModelFiles, assetBase: string): Promise<Encoder> {
  try {
    const transformers = await (library ??= loadLibrary(assetBase));
    transformers.env.customCache = memoryCache(model, files);
    const tokenizer = await transformers.AutoTokenizer.from_pretrained(model);
    const network = await transformers.AutoModel.from_pretrained(model, {
      dtype: profile.dtype,
      device: 'auto',
      session_options: { executionProviders: ['wasm'] },
    });
    transformers.env.customCache = memoryCache(model, new Map());
    const padding = tokenizer.pad_token_id ?? 0;
    return {
      tokenise: (text) => {
        const { input_ids: ids } = tokenizer(text, { truncation: true, max_length: profile.tokensMax, return_tensor: false });
        return ids as number[];
      },
      run: async (batch) => {
        const width = Math.max(...batch.map((ids) => ids.length));
        const inputs = {
          input_ids: toTensor(transformers, batch, width, padding),
          attention_mask: toTensor(transformers, batch.map((ids) => ids.map(() => 1)), width, 0),
        };
        const output: { last_hidden_state: Transformers.Tensor } = await network(inputs);
        const { data, dims } = output.last_hidden_state;
        return { data: data as Float32Array, width: dims[1]! };
      },
    };
  } catch (cause) {
    throw new KernelError('kernel-failed', `The runtime could not load the model "${model}": ${(cause as Error).message}`);
  }
}
