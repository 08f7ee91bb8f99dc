/**
 * What this package costs the page it stands on, as the browser measures it: our scripts in frames of 50 ms and more, and layout
 * shifts that moved something of ours. https://w3c.github.io/long-animation-frames/ and https://wicg.github.io/layout-instability/
 */
export interface Impact {
  /** Of our scripts, in long frames. */
  readonly scriptMs: number;
  /** An upper bound: of shifts that moved our elements along with others, we may not be the cause. */
  readonly shift: number;
}

export type PageImpact = Impact | 'unsupported' | 'bundled';

interface LongFrame extends PerformanceEntry {
  readonly scripts?: readonly { readonly sourceURL: string; readonly duration: number }[];
}

interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: Node | null }[];
}

const OURS = /^edge-net\b[\w.-]*\.js$/u;

/**
 * Tells our scripts by their folder and name.
 * @param own address of one of them
 * @returns undefined where a site's bundler has given our code to files of its own
 */
export function recogniser(own: string): ((url: string) => boolean) | undefined {
  const [folder, name] = parts(own);
  if (!OURS.test(name)) return undefined;
  return (url) => {
    const [where, what] = parts(url);
    return where === folder && OURS.test(what);
  };
}

/** Without what comes after a `?` or `#`, which optimisers and versions add. */
function parts(url: string): [folder: string, name: string] {
  const path = url.replace(/[?#].*$/su, '');
  const end = path.lastIndexOf('/') + 1;
  return [path.slice(0, end), path.slice(end)];
}

/** @param changed called when a figure did. @returns what was measured so far, and how to stop */
export function watchImpact(changed: () => void, own: string = import.meta.url): { readonly now: () => PageImpact; readonly stop: () => void } {
  const isOurs = recogniser(own);
  const types = globalThis.PerformanceObserver?.supportedEntryTypes ?? [];
  if (!types.includes('long-animation-frame')) return { now: () => 'unsupported', stop: () => {} };
  if (!isOurs) return { now: () => 'bundled', stop: () => {} };
  let impact: Impact = { scriptMs: 0, shift: 0 };
  const add = (scriptMs: number, shift: number) => {
    if (scriptMs + shift === 0) return;
    impact = { scriptMs: impact.scriptMs + scriptMs, shift: impact.shift + shift };
    changed();
  };
  const observers = [
    observe<LongFrame>('long-animation-frame', (frames) => add(frames.reduce((sum, { scripts = [] }) => sum + timeOf(scripts.filter(({ sourceURL }) => isOurs(sourceURL))), 0), 0)),
    ...(types.includes('layout-shift') ? [observe<LayoutShift>('layout-shift', (shifts) => add(0, shifts.filter(movedOurs).reduce((sum, { value }) => sum + value, 0)))] : []),
  ];
  return { now: () => impact, stop: () => observers.forEach((observer) => observer.disconnect()) };
}

/** Also of what happened since the page was opened, as far as the browser has kept it. */
function observe<Entry extends PerformanceEntry>(type: string, heed: (entries: readonly Entry[]) => void): PerformanceObserver {
  const observer = new PerformanceObserver((list) => heed(list.getEntries() as Entry[]));
  observer.observe({ type, buffered: true });
  return observer;
}

function timeOf(scripts: readonly { readonly duration: number }[]): number {
  return scripts.reduce((sum, { duration }) => sum + duration, 0);
}

/** What follows a visitor's own input within half a second is no surprise, and does not count. */
function movedOurs({ hadRecentInput, sources }: LayoutShift): boolean {
  return !hadRecentInput && sources.some(({ node }) => node !== null && isOfOurs(node));
}

function isOfOurs(node: Node): boolean {
  const element = node instanceof Element ? node : node.parentElement;
  const root = node.getRootNode();
  return Boolean(element?.localName.startsWith('edge-net-')) || (root instanceof ShadowRoot && root.host.localName.startsWith('edge-net-'));
}
