/** Sandboxed compute workers in Node: a locked-down thread each (`node/sandbox-thread.ts`), with one port out of it. */
import { MessageChannel, Worker, type MessagePort, type Transferable } from 'node:worker_threads';
import { PoolError } from '../../ports/pool.js';
import { hearThread } from './node-thread.js';
import type { FromWorker, Spawn } from './protocol.js';

export interface SandboxThreadOptions {
  /** `dist/node/sandbox.js`; tests name one that runs the sources. */
  readonly entry: URL;
  /** File that runs inside: `edge-net.sandbox.js`. */
  readonly script: URL;
  /** Largest JavaScript heap of a thread, 256 by default: a guest's memory is no part of it, its module's text is. */
  readonly heapMbMax?: number;
}

/** What the thread is given. */
export interface SandboxData {
  readonly script: string;
  readonly port: MessagePort;
  /** Milliseconds since the epoch, as `performance` counts them: threads share one time origin with their process. */
  readonly spawnedAt: number;
}

export function nodeSandboxes({ entry, script, heapMbMax = 256 }: SandboxThreadOptions): Spawn {
  return (events) => {
    const { port1: near, port2: far } = new MessageChannel();
    const worker = new Worker(entry, {
      workerData: { script: script.href, port: far, spawnedAt: performance.timeOrigin + performance.now() } satisfies SandboxData, transferList: [far],
      env: {}, argv: [], execArgv: [], stdin: false, stdout: true, stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: heapMbMax }, name: 'edge-net sandbox',
    });
    // Whatever it prints is nobody's: read and dropped, so that it fills no memory here.
    for (const stream of [worker.stdout, worker.stderr]) stream.resume();
    hearThread(worker, events);
    near.on('message', (message: FromWorker) => events.message(message));
    near.on('messageerror', (cause) => events.failed(new PoolError('kernel-failed', `The sandbox sent a message that cannot be read: ${cause.message}`, { cause })));
    return {
      post: (message, transfer) => near.postMessage(message, transfer as Transferable[] | undefined),
      async terminate() {
        near.close();
        await worker.terminate();
      },
    };
  };
}
