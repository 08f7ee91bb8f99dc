/**
 * Keeps a dashboard's report up to date: asked anew for another node, site or range at once, and a moment after the ledger has
 * changed. What was shown stays until there is something newer.
 */
import type { Report, ReportRange } from '../../engine/index.js';
import { hub } from '../hub/hub.js';
import type { EdgeNetNode } from '../node/node-element.js';

/** A busy ledger changes with every settlement. */
const AFTER_CHANGE_MS = 1_000;
/** The range ends now, and now moves on where no record comes. */
const AT_LATEST_MS = 300_000;

export interface Wanted {
  readonly node: EdgeNetNode;
  readonly range: ReportRange;
  /** Undefined is the node's own site. */
  readonly site: string | undefined;
}

export class ReportFeed {
  #changed: () => void;
  #wanted: Wanted | undefined;
  #whose = '';
  /** Of the ledger as it was when the report was asked for. */
  #hash = '';
  /** Counts questions: the answer to an earlier one is no longer wanted. */
  #round = 0;
  #cancelTimer: (() => void) | undefined;
  #isSoon = false;

  report: Report | undefined;
  /** Whether the last month has anything, where the report itself has nothing. */
  isQuiet = false;
  error: unknown;
  busy = false;
  /** When the report arrived, in milliseconds since 1970. */
  readAt = 0;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Says what is to be shown now; nothing where there is no node that could be asked. */
  want(wanted: Wanted | undefined): void {
    const before = this.#wanted;
    const whose = wanted ? (wanted.site ?? wanted.node.siteId) : '';
    const isOther = wanted?.node !== before?.node || whose !== this.#whose;
    this.#wanted = wanted;
    this.#whose = whose;
    if (isOther) this.#forget();
    if (!wanted) return this.rest();
    if (isOther || wanted.range !== before?.range) void this.ask();
    else if (!this.busy && !this.#isSoon && wanted.node.state.stateHash !== this.#hash) this.#askIn(AFTER_CHANGE_MS);
  }

  async ask(): Promise<void> {
    const wanted = this.#wanted;
    if (!wanted) return;
    const { node, range, site } = wanted;
    const round = ++this.#round;
    const of = site === undefined ? {} : { site };
    this.#cancel();
    this.#hash = node.state.stateHash;
    this.busy = true;
    this.#changed();
    try {
      const report = await node.report({ range, ...of });
      const isQuiet = range !== '30d' && isEmpty(report) && !isEmpty(await node.report({ range: '30d', ...of }));
      if (round !== this.#round) return;
      Object.assign(this, { report, isQuiet, error: undefined, readAt: hub().around.now() });
    } catch (error) {
      if (round !== this.#round) return;
      this.error = error;
    }
    this.busy = false;
    this.#askIn(AT_LATEST_MS);
    this.#changed();
  }

  /** Asks no more, until something is wanted again. */
  rest(): void {
    this.#round++;
    this.#wanted = undefined;
    this.busy = false;
    this.#cancel();
  }

  #forget(): void {
    this.#round++;
    Object.assign(this, { report: undefined, isQuiet: false, error: undefined, busy: false });
  }

  #askIn(ms: number): void {
    this.#cancel();
    this.#isSoon = ms === AFTER_CHANGE_MS;
    this.#cancelTimer = hub().around.later(ms, () => void this.ask());
  }

  #cancel(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#isSoon = false;
  }
}

/** Whether nobody has contributed, bought or earned anything in a report's time. */
export function isEmpty({ totals }: Report): boolean {
  const { creditsIn, creditsOut, tasksServed, tasksBought, tasksFailed, visitorsAllowed } = totals;
  return creditsIn + creditsOut + tasksServed + tasksBought + tasksFailed + visitorsAllowed === 0;
}
