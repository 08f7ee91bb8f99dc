/** What the browser itself notices of a page that loads and answers its visitor, from the first byte on. */

/** Milliseconds: since the navigation, or durations. */
export interface Recorded {
  firstPaintMs: number;
  /** Of the candidate that counts so far. */
  largestPaintMs: number;
  /** Those the visitor did not cause, in order. */
  readonly shifts: number[];
  readonly longTasks: { readonly startMs: number; readonly lastedMs: number }[];
  /** Those in long animation frames. */
  readonly scripts: { readonly url: string; readonly lastedMs: number }[];
  /** From each input to the next paint, by interaction; those under 16 ms are not told. */
  readonly interactionsMs: Record<number, number>;
}

interface Entry extends PerformanceEntry {
  readonly hadRecentInput?: boolean;
  readonly value?: number;
  readonly interactionId?: number;
  readonly scripts?: readonly { readonly sourceURL: string; readonly duration: number }[];
}

/** Runs in the page before anything of its own, and leaves what it notices in `recorded`. */
export function record(): void {
  const recorded: Recorded = { firstPaintMs: Number.NaN, largestPaintMs: Number.NaN, shifts: [], longTasks: [], scripts: [], interactionsMs: {} };
  const readers: Readonly<Record<string, (entry: Entry) => void>> = {
    'paint': ({ name, startTime }) => { if (name === 'first-contentful-paint') recorded.firstPaintMs = startTime; },
    'largest-contentful-paint': ({ startTime }) => { recorded.largestPaintMs = startTime; },
    'layout-shift': ({ value = 0, hadRecentInput }) => { if (!hadRecentInput) recorded.shifts.push(value); },
    'longtask': ({ startTime, duration }) => recorded.longTasks.push({ startMs: startTime, lastedMs: duration }),
    'long-animation-frame': ({ scripts = [] }) => recorded.scripts.push(...scripts.map(({ sourceURL, duration }) => ({ url: sourceURL, lastedMs: duration }))),
    'event': ({ interactionId = 0, duration }) => {
      if (interactionId > 0) recorded.interactionsMs[interactionId] = Math.max(recorded.interactionsMs[interactionId] ?? 0, duration);
    },
  };
  for (const [type, read] of Object.entries(readers)) {
    const options = { type, buffered: true, durationThreshold: 16 } as PerformanceObserverInit;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => read(entry as Entry))).observe(options);
  }
  Object.assign(globalThis, { recorded });
}
