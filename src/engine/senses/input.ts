/** Whether the visitor has touched, typed or pointed lately. An input costs one clock reading; a timer runs only until it is over. */
import { on, type Stop } from './sensor.js';

const INPUTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'touchmove'];

export interface InputSense {
  /** @param idleMsMin so long after the last input the visitor is idle */
  configure(idleMsMin: number): void;
  stop: Stop;
}

export function senseInput(idleMsMin: number, notice: (recent: boolean) => void): InputSense {
  let idleMs = idleMsMin;
  let lastAt = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    const leftMs = lastAt + idleMs - performance.now();
    clearTimeout(timer);
    timer = leftMs > 0 ? setTimeout(look, leftMs) : undefined;
    notice(leftMs > 0);
  }

  const forget = on(window, INPUTS, () => {
    lastAt = performance.now();
    if (timer === undefined) look();
  });
  // Whoever has just opened the page, or agreed to this, is there.
  look();
  return {
    configure(ms) {
      idleMs = ms;
      look();
    },
    stop() {
      forget();
      clearTimeout(timer);
    },
  };
}
