/** Time inside a compute worker: monotonic, and with a way to let messages in that costs microseconds. */
import type { DutyTime } from './duty-cycle.js';

export const workerTime: DutyTime = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  // Node reads up to 1,000 messages of one port in a row, so there a channel to oneself would lock all others out.
  block,
  yield: typeof setImmediate === 'function' ? () => new Promise((resolve) => void setImmediate(resolve)) : yieldByMessage(),
};

/** A message to oneself takes 14 µs where a nested timeout of a browser takes 4 ms. */
function yieldByMessage(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(undefined);
    });
}

/** Shared memory to sleep on: pages that are not cross-origin isolated lack the constructor, but not shared WASM memory. */
let bed: Int32Array<SharedArrayBuffer> | undefined;

function block(delayMs: number): void {
  try {
    bed ??= new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer as unknown as SharedArrayBuffer);
    Atomics.wait(bed, 0, 0, delayMs);
  } catch {
    // No shared memory here, or a thread that must not sleep: the debt is carried over instead.
  }
}
