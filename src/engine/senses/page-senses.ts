/**
 * All senses of a page in one message, sent when one of them has something new. Loaded with the engine's client, so
 * that nothing is sensed before there is consent.
 */
import type { Senses } from '../api.js';
import { senseAttention } from './attention.js';
import { senseBattery } from './battery.js';
import { sampleFrames } from './frame-rate.js';
import { senseInput } from './input.js';
import { reportsLongFrames, senseLongFrames } from './long-frames.js';
import { senseMetered } from './metered.js';
import { sensePressure } from './pressure.js';
import type { Stop } from './sensor.js';

export interface PageSenses {
  configure(idleMsMin: number): void;
  /** Whether tasks run now: without them frames are not sampled. */
  working(works: boolean): void;
  stop(): void;
}

type Noticed = Omit<Senses, 'active'> & {
  /** The last input was a moment ago. */
  readonly recent: boolean;
};

/** What is not told is taken for the best. */
const QUIET: Noticed = { recent: false, focused: false, visible: true, frozen: false, frames: 'smooth', pressure: 'nominal', batteryLow: false, metered: false };

/** @param tell hears of the first reading a moment later, and of every other */
export function senseThePage(idleMsMin: number, tell: (senses: Senses) => void): PageSenses {
  let noticed = QUIET;
  let told = '';
  let due = false;
  let works = false;
  let stopSampling: Stop | undefined;

  function notice(change: Partial<Noticed>): void {
    noticed = { ...noticed, ...change };
    if (due) return;
    due = true;
    queueMicrotask(say);
  }

  function say(): void {
    if (!due) return;
    due = false;
    const { recent, ...others } = noticed;
    const senses: Senses = { active: recent && others.focused && others.visible, ...others };
    const text = JSON.stringify(senses);
    if (text !== told) tell(senses);
    told = text;
    sample();
  }

  function sample(): void {
    const wanted = works && noticed.visible && !reportsLongFrames();
    if (wanted) stopSampling ??= sampleFrames((frames) => notice({ frames }));
    else endSampling();
  }

  function endSampling(): void {
    const stop = stopSampling;
    stopSampling = undefined;
    stop?.();
  }

  const input = senseInput(idleMsMin, (recent) => notice({ recent }));
  const stops = [
    input.stop,
    senseAttention(notice),
    sensePressure((pressure) => notice({ pressure })),
    senseBattery((batteryLow) => notice({ batteryLow })),
    senseMetered((metered) => notice({ metered })),
    ...(reportsLongFrames() ? [senseLongFrames((frames) => notice({ frames }))] : []),
  ];

  return {
    configure: input.configure,
    working(now) {
      works = now;
      sample();
    },
    stop() {
      works = false;
      endSampling();
      for (const stop of stops) stop();
      due = false;
    },
  };
}
