/** The worker's half of a page worker's channel. */
import type { ComputePort } from './compute-loop.js';
import type { ToWorker } from './protocol.js';

export function pagePort(): ComputePort {
  const scope = self as unknown as DedicatedWorkerGlobalScope;
  return {
    post: (message, transfer) => scope.postMessage(message, transfer ?? []),
    listen: (receive) => {
      scope.onmessage = ({ data }: MessageEvent<ToWorker>) => receive(data);
    },
  };
}
