/** The pool's own thread, with the kernels of `pool-kernels.ts`. */
import { serveCompute } from '../src/engine/adapters/pool/compute-loop.js';
import { threadPort } from '../src/engine/adapters/pool/node-thread.js';
import type { KernelEntry } from '../src/engine/adapters/pool/run-job.js';
import type { Manifest, Value } from '../src/kernels/kernel.js';
import { ANSWERS } from './pool-kernels.js';

const MEBIBYTES_2 = 2 ** 21;

const entries = Object.entries(ANSWERS).map(([kind, answer]): [string, KernelEntry] => {
  const kernel = { kind, version: 1, run: async (payload: Value) => ({ output: answer(payload), fuel: 0 }) };
  const limits = { payloadBytesMax: MEBIBYTES_2, outputBytesMax: MEBIBYTES_2, memoryBytesMax: MEBIBYTES_2, wallMsMax: 10_000 };
  const manifest: Manifest = { kind, version: 1, equivalence: 'wasm', limits, normalise: (payload) => payload as Value, meter: () => ({ price: 0, fuel: 0 }), present: (output) => ({ output }) };
  return [kind, { manifest: async () => manifest, load: async () => kernel }];
});

serveCompute(new Map(entries), threadPort());
