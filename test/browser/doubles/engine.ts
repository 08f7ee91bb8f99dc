/**
 * An engine under the test's control, in the place where the page would start a worker. Installs the page's hub,
 * so it has to be imported before the elements.
 */
import type { Collections, EngineConfig, EngineEvent, EngineHandle, LiveConfig, NodeState, SessionMemory, Task, TaskResult } from '../../../src/engine/index.js';
import { EdgeNetError } from '../../../src/engine/index.js';
import { createHub } from '../../../src/elements/hub/hub.js';

const STATE: NodeState = {
  status: 'idle',
  reasons: [],
  throttle: { level: 1, because: '' },
  progress: null,
  error: null,
  nodeId: 'node-of-this-page',
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

  async quote() {
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

  async history() {
    return [{ taskId: 't1', kind: 'vector_search', role: 'worker' as const, parties: ['somebody-far-away'], at: 1_700_000_000_000, busyMs: 12, credits: 0.5, outcome: 'paid' as const }];
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
