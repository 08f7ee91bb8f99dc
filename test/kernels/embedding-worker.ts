/** A worker thread that embeds once and answers with the output's hash. */
import { parentPort, workerData } from 'node:worker_threads';
import { kernel } from '../../src/kernels/embedding/kernel.js';
import { contextWith, outputOf, sha256 } from './embedding-context.js';

const { model, modelBase, texts } = workerData as { model: string; modelBase: string; texts: string[] };
const result = await kernel.run({ model, texts }, contextWith({ modelBase }));
parentPort!.postMessage(sha256(outputOf(result).data));
