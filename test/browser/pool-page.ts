/** A pool of page workers that run the test kernels, and one job of it told as plain data. */
import { systemClock } from '../../src/engine/adapters/clock.js';
import { pageWorkers } from '../../src/engine/adapters/pool/page-worker.js';
import { createPool, type PoolOptions } from '../../src/engine/adapters/pool/pool.js';
import type { Pool, PoolError } from '../../src/engine/ports/pool.js';
import { decode } from '../../src/kernels/codec.js';
import { jobOf } from '../contract/pool.js';

export const SAME_ORIGIN = new URL('./pool-worker.ts', import.meta.url).href;

/** Of no origin, so that it takes the way of a script from elsewhere. */
export const elsewhere = (url: string): string => `data:text/javascript,import ${JSON.stringify(url)};`;

export const OTHER_ORIGIN = elsewhere(SAME_ORIGIN);

export function pagePool(entry: string, options: Partial<PoolOptions> = {}): Pool {
  return createPool({ size: 1, clock: systemClock, spawn: pageWorkers(entry), assetBase: '/assets/', ...options });
}

export interface Told {
  readonly output?: unknown;
  readonly code?: string;
  readonly message?: string;
}

export async function tell(entry: string, kind: string): Promise<Told> {
  const pool = pagePool(entry);
  try {
    return { output: decode((await pool.run(jobOf(kind, 'payload'))).output) };
  } catch (error) {
    const { code, message } = error as PoolError;
    return { code, message };
  } finally {
    await pool.close();
  }
}
