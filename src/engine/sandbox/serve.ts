/**
 * What runs inside a sandbox: the compute loop with the kernels that need one, and nothing else within reach. The same
 * script serves a worker of the page's sandbox frame and a context of a Node thread; both hand it a port by one message.
 */
import type { FromWorker, ToWorker } from '../adapters/pool/protocol.js';
import { serveCompute } from '../adapters/pool/compute-loop.js';
import type { KernelRegistry } from '../adapters/pool/run-job.js';
import { stripGlobals } from './strip-globals.js';

/** As much of a MessagePort as both platforms have. */
interface Port {
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
  postMessage(message: FromWorker, transfer: ArrayBuffer[]): void;
}

interface Scope {
  onmessage: (event: { readonly ports: readonly Port[] }) => void;
}

export function serveSandbox(kernels: KernelRegistry): void {
  (globalThis as unknown as Scope).onmessage = ({ ports: [port] }) => {
    stripGlobals(globalThis);
    const channel = {
      post: (message: FromWorker, transfer: ArrayBuffer[] = []) => port!.postMessage(message, transfer),
      listen: (receive: (message: ToWorker) => void) => void (port!.onmessage = ({ data }) => receive(data)),
    };
    // Every job pays for a start of its own, which is computing like any other.
    serveCompute(kernels, channel, performance.now());
  };
}
