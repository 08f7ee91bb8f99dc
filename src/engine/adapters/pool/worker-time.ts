/** Time inside a compute worker: monotonic, and with a way to let messages in that costs microseconds. */
import type { DutyTime } from './duty-cycle.js';

export const workerTime: DutyTime = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  // Node reads up to 1,000 messages of one port in a row, so there a channel to oneself would lock all others out.
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
