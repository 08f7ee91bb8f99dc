/** What ran on this node, kept up to date by its events: read once, for a history crosses from the engine's worker as a whole. */
import type { HistoryEntry } from '../../engine/index.js';
import type { EdgeNetNode } from '../node/node-element.js';

/** As many as the engine keeps: with all of them from today there may have been more. */
const ENTRIES_MAX = 500;

export interface Today {
  readonly tasks: number;
  readonly busyMs: number;
  /** There were more than the history keeps. */
  readonly isCut: boolean;
}

export class RanHere {
  #changed: () => void;
  #node: EdgeNetNode | undefined;
  #nodeId = '';
  #entries: readonly HistoryEntry[] | undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Newest first; undefined until they are read. */
  get entries(): readonly HistoryEntry[] | undefined {
    return this.#entries;
  }

  /** @param node undefined to hear of no more */
  follow(node: EdgeNetNode | undefined): void {
    if (node !== this.#node) {
      this.#node?.removeEventListener('edge-net-task', this.#note);
      this.#node = node;
      this.#forget();
      node?.addEventListener('edge-net-task', this.#note);
    }
    // Another identity has another history; without one there is none to read.
    const nodeId = node?.state.nodeId ?? '';
    if (nodeId === this.#nodeId) return;
    this.#forget();
    this.#nodeId = nodeId;
    if (node && nodeId) void this.#read(node, nodeId);
  }

  /** Tasks for others since midnight, by this machine's clock. */
  today(): Today {
    const midnight = new Date().setHours(0, 0, 0, 0);
    const entries = this.#entries ?? [];
    const done = entries.filter(({ role, outcome, at }) => role === 'worker' && outcome !== 'running' && at >= midnight);
    const oldest = entries.at(-1);
    return { tasks: done.length, busyMs: done.reduce((sum, { busyMs }) => sum + busyMs, 0), isCut: entries.length >= ENTRIES_MAX && oldest !== undefined && oldest.at >= midnight };
  }

  #forget(): void {
    this.#nodeId = '';
    this.#entries = undefined;
  }

  async #read(node: EdgeNetNode, nodeId: string): Promise<void> {
    const entries = await node.history().catch(() => []);
    if (this.#node !== node || this.#nodeId !== nodeId) return;
    const heard = this.#entries ?? [];
    this.#entries = heard.reduceRight(noted, entries);
    this.#changed();
  }

  #note = ({ detail }: CustomEvent<HistoryEntry>): void => {
    this.#entries = noted(this.#entries ?? [], detail).slice(0, ENTRIES_MAX);
    this.#changed();
  };
}

function noted(entries: readonly HistoryEntry[], entry: HistoryEntry): HistoryEntry[] {
  const at = entries.findIndex(({ taskId, role }) => taskId === entry.taskId && role === entry.role);
  return at < 0 ? [entry, ...entries] : entries.with(at, entry);
}
