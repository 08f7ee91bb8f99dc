/** Compute workers as Node's worker threads: the pool's half and the thread's half. */
import { parentPort, Worker, type Transferable } from 'node:worker_threads';
import { PoolError } from '../../ports/pool.js';
import type { ComputePort } from './compute-loop.js';
import type { FromWorker, Spawn, ToWorker, WorkerEvents } from './protocol.js';

export interface ThreadOptions {
  /** The compute entry: `dist/node/compute.js`; tests name one that runs the sources. */
  readonly entry: URL;
  /** Largest JavaScript heap of a thread; buffers and WASM memory are not part of it. */
  readonly heapMbMax?: number;
}

export function nodeThreads({ entry, heapMbMax }: ThreadOptions): Spawn {
  return (events) => {
    const resourceLimits = heapMbMax === undefined ? {} : { maxOldGenerationSizeMb: heapMbMax };
    // A kernel reads strangers' bytes: nothing of this process's environment is within its reach.
    const worker = new Worker(entry, { resourceLimits, env: {}, execArgv: [], name: 'edge-net compute' });
    worker.on('message', (message: FromWorker) => events.message(message));
    worker.on('messageerror', (cause) => events.failed(new PoolError('kernel-failed', `The compute thread sent a message that cannot be read: ${cause.message}`, { cause })));
    hearThread(worker, events);
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      terminate: async () => void (await worker.terminate()),
    };
  };
}

/** Tells when a thread ends, by an error or by itself. */
export function hearThread(worker: Worker, events: WorkerEvents): void {
  worker.on('error', (cause) => events.failed(new PoolError('kernel-failed', `The compute thread failed: ${cause.message}`, { cause })));
  worker.on('exit', (code) => events.failed(new PoolError('kernel-failed', `The compute thread ended with code ${code}.`)));
}

/** @throws Error outside of a thread */
export function threadPort(): ComputePort {
  const port = parentPort;
  if (!port) throw new Error('This file is the entry of a compute thread.');
  return {
    post: (message, transfer) => port.postMessage(message, transfer as Transferable[] | undefined),
    listen: (receive) => void port.on('message', (message: ToWorker) => receive(message)),
  };
}
