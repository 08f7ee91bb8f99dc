/** Work without end for whoever contributes: a buyer in this process that has several tasks under way at any time. */
import { openEngine } from '../../src/engine/host/engine.js';
import { nodeConfig } from '../../src/engine/node/config.js';
import { nodePlatform } from '../../src/engine/node/node-platform.js';
import { embed } from './tasks.js';

/** As many as a worker takes at once, and some that wait. */
const UNDER_WAY = 4;
/** A quarter of a second of work, so that neither a task's journey nor its end shows in what the workers do. */
const TEXTS = 12;
const WORDS = 'the quick brown fox jumps over the lazy dog and runs away from it '.repeat(4);

export interface Demand {
  /** Tasks that were done so far. */
  readonly done: number;
  /** What refused tasks were told, so that a test that starves can say why. */
  readonly refusals: readonly string[];
  stop(): Promise<void>;
}

export async function demand(relay: string): Promise<Demand> {
  const config = nodeConfig({ relays: [relay] });
  const engine = await openEngine(config, nodePlatform(config));
  const refusals: string[] = [];
  let done = 0;
  let stopped = false;

  async function buy(): Promise<void> {
    for (let count = 0; !stopped; count++) {
      const texts = Array.from({ length: TEXTS }, (_, i) => `${WORDS} ${count} ${i}`);
      try {
        await engine.submit(embed(texts, { redundancy: 1, timeout: 120_000 }));
        done += 1;
      } catch (error) {
        refusals.push(String(error));
        // Nobody works just now, or too many do: what is asked at once is refused again.
        if (!stopped) await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  const buyers = Array.from({ length: UNDER_WAY }, buy);
  return {
    get done() {
      return done;
    },
    refusals,
    async stop() {
      stopped = true;
      await engine.close();
      await Promise.all(buyers);
    },
  };
}
