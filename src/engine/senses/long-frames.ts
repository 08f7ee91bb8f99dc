/**
 * Frames a second out of the Long Animation Frames API, which reports frames of 50 ms and more and costs next to nothing:
 * over the last second those count as they were, and the rest of the second as smooth. So one long frame is no
 * matter, and repeated ones are. https://w3c.github.io/long-animation-frames/
 */
import type { Senses } from '../api.js';
import { gradeOf } from './frame-rate.js';
import type { Sensor } from './sensor.js';

const TYPE = 'long-animation-frame';
const WINDOW_MS = 1_000;
const SMOOTH_FPS = 60;

interface LongFrame {
  readonly endMs: number;
  readonly lastedMs: number;
}

export const reportsLongFrames = (): boolean => globalThis.PerformanceObserver?.supportedEntryTypes.includes(TYPE) ?? false;

export const senseLongFrames: Sensor<Senses['frames']> = (notice) => {
  let recent: readonly LongFrame[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    const since = performance.now() - WINDOW_MS;
    recent = recent.filter(({ endMs }) => endMs > since);
    notice(gradeOf(framesPerSecond(recent, since)));
    clearTimeout(timer);
    timer = recent[0] && setTimeout(look, recent[0].endMs - since);
  }

  const observer = new PerformanceObserver((list) => {
    recent = [...recent, ...list.getEntries().map(({ startTime, duration }) => ({ endMs: startTime + duration, lastedMs: duration }))];
    look();
  });
  observer.observe({ type: TYPE });
  return () => {
    observer.disconnect();
    clearTimeout(timer);
  };
};

/** @param since where the window begins */
export function framesPerSecond(long: readonly LongFrame[], since: number): number {
  const lostMs = long.reduce((sum, { endMs, lastedMs }) => sum + Math.min(lastedMs, endMs - since), 0);
  return (SMOOTH_FPS * (WINDOW_MS - Math.min(WINDOW_MS, lostMs)) + 1_000 * long.length) / WINDOW_MS;
}
