/**
 * Where stories play: the real elements over an engine that a story controls, in a time that stands still. One node a story; what an
 * earlier one left is taken away first, since Storybook shows one after the other in the same page.
 */
import { answers, engines, hub, refusal, time, type EngineDouble } from '../test/browser/doubles/engine.js';
import { EdgeNet } from '../src/elements/edge-net.js';
import type { EdgeNetNode, HistoryEntry, NodeState, Report, Stats } from '../src/elements/edge-net.js';

// Used, since bundlers drop an import for its effects alone from a package that says its modules have none.
Object.assign(globalThis, { EdgeNet });
// Of all clocks the stories' own is the only one that runs.
performance.now = time.now;

const GRACE_MS = 2_000;
const NOW = 1_700_000_000_000;
const [DEFAULT_HISTORY, DEFAULT_REPORT] = [answers.history, answers.report];

/** What the story's node is told, and what its engine says. */
export interface Scene {
  /** The visitor's answer; without one the node waits for it. */
  readonly answer?: 'granted' | 'denied';
  /** Of the node. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly state?: Partial<Omit<NodeState, 'stats'>> & { readonly stats?: Partial<Stats> };
  readonly history?: readonly HistoryEntry[];
  readonly report?: Report;
  /** Accounts that names are registered to. */
  readonly names?: Readonly<Record<string, string>>;
  /** The engine never answers these. */
  readonly pending?: readonly ('history' | 'report' | 'quote')[];
  /** Without a node on the page at all. */
  readonly alone?: boolean;
  /** Goes on once the elements stand and the engine says what the scene wants. */
  readonly then?: (stage: Stage) => unknown;
}

export interface Stage {
  readonly root: HTMLElement;
  readonly node: EdgeNetNode | undefined;
  readonly engine: EngineDouble | undefined;
  readonly time: typeof time;
}

/** A story as Storybook's component story format 3 has it; `render` gives an element. */
export interface Story {
  readonly args?: Readonly<Record<string, unknown>>;
  render(args: Readonly<Record<string, unknown>>): HTMLElement;
}

export interface Meta {
  readonly title: string;
  readonly component: string;
}

/** @param markup of the elements that are shown; ours, never a stranger's */
export function stage(scene: Scene, markup = ''): HTMLElement {
  clear();
  const root = document.createElement('div');
  root.className = 'story';
  root.innerHTML = markup;
  if (!scene.alone) root.prepend(nodeOf(scene));
  Object.assign(answers, { history: scene.history ?? DEFAULT_HISTORY, report: scene.report ?? DEFAULT_REPORT, pending: new Set(scene.pending) });
  answers.accounts.clear();
  for (const [name, account] of Object.entries(scene.names ?? {})) answers.accounts.set(name, account);
  // What the story says happens when it stands in a document, which is after this.
  void play(root, scene).then(() => (root.dataset['played'] = ''));
  return root;
}

function nodeOf({ answer, attributes }: Scene): EdgeNetNode {
  if (answer) hub.visitor.decide(answer, 0);
  const node = document.createElement('edge-net-node');
  const all = { relays: 'wss://relay.example/gun', prompt: 'manual', ...attributes };
  for (const [name, value] of Object.entries(all)) node.setAttribute(name, value);
  return node;
}

async function play(root: HTMLElement, { state, then, alone }: Scene): Promise<void> {
  await until(() => root.isConnected);
  const node = root.querySelector('edge-net-node') ?? undefined;
  let engine: EngineDouble | undefined;
  if (!alone && state) {
    engine = await until(() => engines[0]);
    await until(() => node?.state.nodeId);
    engine.become({ ...state, stats: { ...engine.state.stats, ...state.stats } } as Partial<NodeState>);
  }
  await until(() => [...root.querySelectorAll('*')].every((element) => !element.shadowRoot || element.localName === 'edge-net-node' || element.shadowRoot.childElementCount > 0));
  await then?.({ root, node, engine, time });
}

function clear(): void {
  for (const node of document.querySelectorAll('edge-net-node')) node.remove();
  time.pass(GRACE_MS);
  hub.visitor.forget();
  hub.visitor.wish({ pausedUntil: 0, cpuLimit: undefined }, false);
  hub.visitor.decide('denied', 1);
  try {
    localStorage.clear();
  } catch {}
  time.pass(2 * 86_400_000);
  engines.length = 0;
  refusal.error = undefined;
}

/** Looks with every frame: what it waits for is drawn. */
export async function until<T>(condition: () => T | null | undefined | false): Promise<T> {
  for (;;) {
    const value = condition();
    if (value) return value;
    await nextFrame();
  }
}

export function nextFrame(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** The element of that tag, and what is in its shadow. */
export function within(root: ParentNode, tag: string): ShadowRoot {
  return root.querySelector(tag)!.shadowRoot!;
}

/** Presses what the selector finds in the shadow of the element, once it is there: words differ by language. */
export async function press(root: ParentNode, tag: string, selector: string): Promise<void> {
  (await until(() => within(root, tag).querySelector<HTMLElement>(selector))).click();
}

export { NOW, hub, time };
