/** The machine's own clock and random numbers. */
import type { Clock, Random } from '../ports/clock.js';

/** `setTimeout` takes no more; a longer wait would fire at once. */
const DELAY_MS_MAX = 2 ** 31 - 1;
/** `getRandomValues` fills no more at once. */
const RANDOM_BYTES_MAX = 65_536;

export const systemClock: Clock = {
  now: () => Date.now(),

  after(delayMs, callback) {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (leftMs: number): void => {
      timer =
        leftMs > DELAY_MS_MAX
          ? setTimeout(() => wait(leftMs - DELAY_MS_MAX), DELAY_MS_MAX)
          : setTimeout(callback, Math.max(0, leftMs));
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};

export const systemRandom: Random = {
  bytes(length) {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += RANDOM_BYTES_MAX) crypto.getRandomValues(bytes.subarray(at, at + RANDOM_BYTES_MAX));
    return bytes;
  },
};
