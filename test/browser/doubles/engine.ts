/**
 * An engine under the test's control, in the place where the page would start a worker. Installs the page's hub,
 * so it has to be imported before the elements.
 */
import type { Collections, EngineConfig, EngineEvent, EngineHandle, HistoryEntry, LiveConfig, NodeState, Report, ReportBucket, ReportOptions, SessionMemory, Task, TaskResult } from '../../../src/engine/index.js';
import { EdgeNetError } from '../../../src/engine/index.js';
import { createHub } from '../../../src/elements/hub/hub.js';

const STATE: NodeState = {
  status: 'idle',
  reasons: [],
  throttle: { level: 1, because: '' },
  progress: null,
  error: null,
  nodeId: 'node-of-this-page',
  name: '',
  network: 'network',
  link: 'direct',
  stats: {
    credits: 12.5, pending: 0.25, escrowed: 0, staked: 0, tasksCompleted: 7, tasksSubmitted: 1, uptime: 3_720_000, reputation: 0.5,
    rank: 2, accounts: 9, multiplier: 4.31, cpu: 0.3, cpuMs: 1000, peers: 3,
  },
  ledger: null,
  stateHash: 'hash',
  top: [],
};

const HOUR_MS = 3_600_000;

const QUIET = { creditsIn: 0, creditsOut: 0, contributors: 0, tasksSettled: 0, tasksVerified: 0, cpuHours: 0, tasks: {} };
const BUSY: Readonly<Record<number, Omit<ReportBucket, 'at'>>> = {
  9: { creditsIn: 1, creditsOut: 1, contributors: 1, tasksSettled: 2, tasksVerified: 2, cpuHours: 0.2, tasks: { embedding: 2 } },
  20: { creditsIn: 2, creditsOut: 0, contributors: 2, tasksSettled: 4, tasksVerified: 3, cpuHours: 0.3, tasks: { embedding: 1, vector_search: 3 } },
};
/** A day of little work: two hours with some, the others without. */
const REPORT: Report = {
  range: '24h', from: 1_699_916_400_000, to: 1_700_000_000_000, bucketMs: HOUR_MS, site: '',
  totals: { creditsIn: 3, creditsOut: 1, cpuHours: 0.5, tasksServed: 6, tasksBought: 2, tasksFailed: 1, tasksVerified: 5, visitorsAllowed: 4, latencyMs: { p50: 420, p95: 1900 } },
  series: Array.from({ length: 24 }, (_, index) => ({ at: 1_699_916_400_000 + index * HOUR_MS, ...(BUSY[index] ?? QUIET) })),
};

const HISTORY: HistoryEntry[] = [{
  taskId: 't1', kind: 'vector_search', role: 'worker', parties: ['somebody-far-away'], at: 1_700_000_000_000, busyMs: 12, credits: 0.5, outcome: 'paid',
  items: 20, bytes: 4_096, digest: 'digest-of-the-result', certificate: { escrow: 't1', settlement: 'settlement-of-t1', witnesses: ['witness-key'] }, latencyMs: 0,
}];

/** What every engine of this page answers; a test may replace any of it. */
export const answers: {
  history: HistoryEntry[];
  report: Report;
  readonly namesTaken: Set<string>;
  /** Accounts that names of sites are registered to. */
  readonly accounts: Map<string, string>;
  /** Methods that never answer. */
  readonly pending: Set<string>;
} = { history: HISTORY, report: REPORT, namesTaken: new Set(), accounts: new Map(), pending: new Set() };

const never = (): Promise<never> => new Promise(() => {});

interface Submission {
  readonly task: Task;
  resolve(result: TaskResult): void;
  reject(error: EdgeNetError): void;
}

export class EngineDouble implements EngineHandle {
  state: NodeState = STATE;
  closed = false;
  readonly calls: string[] = [];
  readonly submissions: Submission[] = [];
  #listeners = new Set<(event: EngineEvent) => void>();

  constructor(readonly config: EngineConfig, readonly memory: SessionMemory) {}

  emit(event: EngineEvent): void {
    if (event.type === 'state') this.state = event.state;
    for (const listener of this.#listeners) listener(event);
  }

  become(change: Partial<NodeState>): void {
    this.emit({ type: 'state', state: { ...this.state, ...change } });
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  submit(task: Task): Promise<TaskResult> {
    this.calls.push('submit');
    return new Promise((resolve, reject) => this.submissions.push({ task, resolve, reject }));
  }

  /** Prices asked for so far. */
  quotes = 0;

  async quote() {
    this.quotes++;
    if (answers.pending.has('quote')) return never();
    return { cost: 2, perReplica: 1, redundancy: 2, fuel: 10 };
  }

  async result(taskId: string): Promise<TaskResult> {
    this.calls.push(`result ${taskId}`);
    return { taskId, cost: 1, workers: ['a', 'b'], verified: true };
  }

  async transfer(to: string): Promise<string> {
    return `transfer to ${to}`;
  }

  async bond(): Promise<string> {
    return 'bond';
  }

  async unbond(): Promise<string> {
    return 'unbond';
  }

  configure(change: Partial<LiveConfig>): void {
    this.calls.push(`configure ${JSON.stringify(change)}`);
  }

  sense(): void {}

  readonly collections = {
    delete: async (id: string) => void this.calls.push(`delete ${id}`),
  } as Partial<Collections> as Collections;

  async history(): Promise<HistoryEntry[]> {
    return answers.pending.has('history') ? never() : answers.history;
  }

  async clearHistory(): Promise<void> {
    this.calls.push('clearHistory');
    answers.history = answers.history.filter(({ outcome }) => outcome === 'running');
  }

  async report(options: ReportOptions): Promise<Report> {
    this.calls.push(`report ${JSON.stringify(options)}`);
    if (answers.pending.has('report')) return never();
    const site = options.site ?? answers.report.site;
    return { ...answers.report, range: options.range, site: answers.accounts.get(site) ?? site };
  }

  async registerName(name: string): Promise<string> {
    this.calls.push(`registerName ${name}`);
    if (answers.namesTaken.has(name)) throw new EdgeNetError('bad-input', `The name ${name} is taken. Choose another one.`);
    this.become({ name });
    return `name ${name}`;
  }

  async exportIdentity(): Promise<string> {
    return 'identity kept';
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const { reject } of this.submissions) reject(new EdgeNetError('closed', 'closed'));
  }
}

/** Every engine started on this page, in order. */
export const engines: EngineDouble[] = [];

/** Timers that run when the test says so. */
class TestTime {
  #now = 1_700_000_000_000;
  #timers = new Set<{ at: number; run: () => void }>();

  now = (): number => this.#now;

  later = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  get waiting(): number {
    return this.#timers.size;
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers].sort((a, b) => a.at - b.at)) {
      if (timer.at <= this.#now && this.#timers.delete(timer)) timer.run();
    }
  }
}

export const time = new TestTime();

/** Set to have the next start refused. */
export const refusal: { error: EdgeNetError | undefined } = { error: undefined };

export const hub = createHub({
  now: time.now,
  later: time.later,
  async startEngine(config, memory) {
    if (refusal.error) throw refusal.error;
    const engine = new EngineDouble(config, memory);
    engines.push(engine);
    return engine;
  },
});
