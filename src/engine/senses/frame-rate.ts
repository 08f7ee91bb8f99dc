/**
 * Frames a second, as the original design grades them, where the browser does not report long frames: sampled in short
 * bursts, since asking for frames without a pause takes an idle page 8 % of a core.
 */
import type { Senses } from '../api.js';
import type { Sensor } from './sensor.js';

const BURST_FRAMES = 10;
const PAUSE_MS = 2_000;

/** @param fps frames a second */
export function gradeOf(fps: number): Senses['frames'] {
  if (fps < 30) return 'struggling';
  return fps < 50 ? 'busy' : 'smooth';
}

/** To run only while there is work: without it there is nothing to hold back. */
export const sampleFrames: Sensor<Senses['frames']> = (notice) => {
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function burst(): void {
    let firstAt: number | undefined;
    let left = BURST_FRAMES;
    const step = (at: number): void => {
      firstAt ??= at;
      if (left-- > 0) {
        frame = requestAnimationFrame(step);
        return;
      }
      notice(gradeOf((1_000 * BURST_FRAMES) / (at - firstAt)));
      timer = setTimeout(burst, PAUSE_MS);
    };
    frame = requestAnimationFrame(step);
  }

  burst();
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    notice('smooth');
  };
};
