/** Reads that cost much more than asking for them: a few at once, fewer for one owner, and a bounded number that wait. */

export interface FairQueueLimits {
  readonly runningMax: number;
  readonly runningPerOwnerMax: number;
  readonly waitingMax: number;
  readonly waitingPerOwnerMax: number;
}

export interface FairQueue {
  /** What `work` brings, once it is its turn; undefined at once when too much waits. `work` must not reject. */
  run<T>(owner: string, work: () => Promise<T>): Promise<T | undefined>;
}

interface Waiting {
  readonly owner: string;
  start(): void;
}

export function createFairQueue({ runningMax, runningPerOwnerMax, waitingMax, waitingPerOwnerMax }: FairQueueLimits): FairQueue {
  const running = new Map<string, number>();
  const waiting: Waiting[] = [];
  let runningCount = 0;

  const runsOf = (owner: string): number => running.get(owner) ?? 0;
  const isFree = (owner: string): boolean => runningCount < runningMax && runsOf(owner) < runningPerOwnerMax;

  function count(owner: string, change: 1 | -1): void {
    runningCount += change;
    const runs = runsOf(owner) + change;
    if (runs > 0) running.set(owner, runs);
    else running.delete(owner);
  }

  async function perform<T>(owner: string, work: () => Promise<T>): Promise<T> {
    count(owner, 1);
    try {
      return await work();
    } finally {
      count(owner, -1);
      const next = waiting.findIndex((other) => isFree(other.owner));
      if (next >= 0) waiting.splice(next, 1)[0]!.start();
    }
  }

  return {
    async run(owner, work) {
      if (isFree(owner)) return perform(owner, work);
      if (waiting.length >= waitingMax || waiting.filter((other) => other.owner === owner).length >= waitingPerOwnerMax) return undefined;
      return new Promise((resolve, reject) => {
        waiting.push({ owner, start: () => void perform(owner, work).then(resolve, reject) });
      });
    },
  };
}
