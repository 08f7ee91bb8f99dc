/** A worker thread that matches once and answers with the hash of the encoded output. */
import { parentPort, workerData } from 'node:worker_threads';
import { encode } from '../../src/kernels/codec.js';
import type { Value } from '../../src/kernels/kernel.js';
import { kernel } from '../../src/kernels/semantic_match/kernel.js';
import { contextWith, sha256 } from './embedding-context.js';

const { payload, modelBase } = workerData as { payload: Value; modelBase: string };
const { output } = await kernel.run(payload, contextWith({ modelBase }));
parentPort!.postMessage(sha256(encode(output)));
