/** Compute workers as module workers of a page, or of the page's engine worker. */
import { PoolError } from '../../ports/pool.js';
import { startModuleWorker, WorkerStartError } from '../../worker/trampoline.js';
import type { FromWorker, Spawn } from './protocol.js';

/** `entry` is the absolute URL of `edge-net.compute.js`, of this or another origin. */
export function pageWorkers(entry: string): Spawn {
  return (events) => {
    const worker = start(entry, (error) => events.failed(asPoolError(error)));
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      // From the first message on an error is the kernel's, not the platform's.
      worker.onerror ??= (event) => {
        event.preventDefault();
        events.failed(new PoolError('kernel-failed', `The compute worker failed: ${event.message}`));
      };
      events.message(data);
    };
    worker.onmessageerror = () => events.failed(new PoolError('kernel-failed', 'The compute worker sent a message that cannot be read.'));
    return {
      post: (message, transfer) => worker.postMessage(message, transfer ?? []),
      terminate: async () => worker.terminate(),
    };
  };
}

function start(entry: string, failed: (error: WorkerStartError) => void): Worker {
  try {
    return startModuleWorker(entry, { name: 'edge-net compute', failed });
  } catch (error) {
    throw asPoolError(error as WorkerStartError);
  }
}

function asPoolError(error: WorkerStartError): PoolError {
  return new PoolError(error.code === 'trusted-types' ? 'csp-worker' : error.code, error.message, { cause: error });
}
