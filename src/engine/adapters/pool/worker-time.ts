/** Time inside a compute worker: monotonic, and with a way to let messages in that costs microseconds. */
import type { DutyTime } from './duty-cycle.js';

const waiting: (() => void)[] = [];
let channel: MessageChannel | undefined;

/** A message to oneself takes 14 µs where a nested timeout takes 4 ms. */
function yieldToMessages(): Promise<void> {
  if (!channel) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()?.();
  }
  const { port2 } = channel;
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(undefined);
  });
}

export const workerTime: DutyTime = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  yield: yieldToMessages,
};
