/**
 * What the pool is measured against: a thread that does the work of a job (decode, run, encode, transfer back) for
 * bare numbered messages, without limits, progress, abort or CPU share.
 */
import { parentPort } from 'node:worker_threads';
import { decode, encode } from '../src/kernels/codec.js';
import type { Value } from '../src/kernels/kernel.js';
import { ANSWERS } from './pool-kernels.js';

parentPort!.on('message', ({ id, kind, payload }: { id: number; kind: keyof typeof ANSWERS; payload: Uint8Array }) => {
  const output = encode(ANSWERS[kind](decode(payload) as Value));
  parentPort!.postMessage({ id, output }, [output.buffer as ArrayBuffer]);
});
parentPort!.postMessage('ready');
