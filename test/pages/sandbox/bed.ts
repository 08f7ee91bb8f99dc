/** The page's script of the sandbox tests: pools whose jobs run in the sandbox frame, and raw frames for hostile scripts. */
import { systemClock } from '../../../src/engine/adapters/clock.js';
import { pageSandboxes, type SandboxPage } from '../../../src/engine/adapters/pool/page-sandbox.js';
import { createPool, type PoolOptions } from '../../../src/engine/adapters/pool/pool.js';
import type { Pool, PoolError } from '../../../src/engine/ports/pool.js';
import { openFrame } from '../../../src/engine/sandbox/frame-host.js';
import type { FromHost, ToFrame } from '../../../src/engine/sandbox/messages.js';
import { decode } from '../../../src/kernels/codec.js';
import { manifest } from '../../../src/kernels/custom_wasm/manifest.js';
import type { Value } from '../../../src/kernels/kernel.js';
import { jobOf, poolContract } from '../../contract/pool.js';
import { codeOf } from '../../contract/runner.js';

const at = (path: string): string => new URL(path, location.href).href;
const EVERY_KIND = { has: () => true } as unknown as ReadonlySet<string>;

interface BedOptions extends Partial<PoolOptions>, Pick<SandboxPage, 'idleMs'> {
  /** What runs in the sandboxes; the test kernels if left out. */
  readonly script?: string;
}

function open({ idleMs, script = '/sandbox.js', ...options }: BedOptions = {}): Pool {
  let remove = (): void => undefined;
  const spawn = pageSandboxes({
    clock: systemClock,
    loadCode: async () => (await fetch(at(script))).text(),
    setFrame(port) {
      remove();
      remove = port ? openFrame(port, at('/frame.js')) : () => undefined;
    },
    ...(idleMs === undefined ? {} : { idleMs }),
  });
  const pool = createPool({ size: 1, clock: systemClock, assetBase: at('/'), spawn: () => { throw new Error('no plain worker is wanted'); }, sandbox: { kinds: EVERY_KIND, spawn }, ...options });
  const close = pool.close.bind(pool);
  pool.close = async () => {
    await close();
    remove();
  };
  return pool;
}

interface Told {
  readonly output?: unknown;
  readonly busyMs?: number;
  readonly code?: string;
  readonly message?: string;
}

const pools: Pool[] = [];

/** Plain data of what became of a job. */
async function tell(pool: Pool, kind: string, payload: Value, wallMs: number): Promise<Told> {
  try {
    const { output, busyMs } = await pool.run(jobOf(kind, payload, { wallMs }));
    return { output: decode(output), busyMs };
  } catch (error) {
    const { code, message } = error as PoolError;
    return { code, message };
  }
}

const bed = {
  open: (options: BedOptions): number => pools.push(open(options)) - 1,
  run: (pool: number, kind: string, payload: Value = {}, wallMs = 60_000): Promise<Told> => tell(pools[pool]!, kind, payload, wallMs),
  /** A guest, its module and input in base64. @returns output in hexadecimal, and fuel */
  async guest(pool: number, payload: Value): Promise<Told> {
    const told = await tell(pools[pool]!, manifest.kind, manifest.normalise(payload), 30_000);
    const result = told.output as { readonly output: Uint8Array; readonly fuel: number } | undefined;
    return result ? { output: { output: Array.from(result.output, (byte) => byte.toString(16).padStart(2, '0')).join(''), fuel: result.fuel } } : told;
  },
  close: (pool: number): Promise<void> => pools[pool]!.close(),
  /** An endless job, in the midst of which the page removes the frame. */
  async bereave(pool: number): Promise<string | undefined> {
    const onProgress = (): void => document.querySelector('html > div[hidden]')?.remove();
    return codeOf(pools[pool]!.run(jobOf('stuck'), { onProgress }));
  },
  frames: (): number => document.querySelectorAll('html > div[hidden]').length,

  /** The pool contract, over again in sandboxes. @returns what did not hold */
  async contract(): Promise<readonly string[]> {
    const tests: [title: string, body: () => Promise<void>][] = [];
    const equal = (actual: unknown, expected: unknown): void => {
      if (JSON.stringify(actual) !== JSON.stringify(expected)) throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
    };
    poolContract('page sandboxes', { open, settle: (promise) => promise }, { test: (title, body) => void tests.push([title, body]), equal });
    const broken: string[] = [];
    for (const [title, body] of tests) await body().catch((error: Error) => broken.push(`${title}: ${error.message}`));
    return tests.length > 10 ? broken : ['no contract'];
  },

  /** A hostile worker in a sandbox frame. */
  async hostileWorker(): Promise<unknown> {
    const text = await (await fetch(at('/hostile.js'))).text();
    const { port1: near, port2: far } = new MessageChannel();
    const { port1: spy, port2: end } = new MessageChannel();
    const remove = openFrame(far, at('/frame.js'));
    near.onmessage = ({ data: { port } }: MessageEvent<Extract<FromHost, { t: 'ready' }>>) => {
      port.postMessage({ t: 'code', text } satisfies ToFrame);
      port.postMessage({ t: 'open', id: 1, port: end } satisfies ToFrame, [end]);
    };
    const told = await new Promise((resolve) => (spy.onmessage = ({ data }) => resolve(data)));
    remove();
    return told;
  },

  /** A hostile script in the place of the frame's own, which is left to it. */
  hostileFrame(): Promise<unknown> {
    openFrame(new MessageChannel().port2, at('/hostile.js'));
    return new Promise((resolve) => {
      addEventListener('message', ({ data }: MessageEvent<{ readonly attacked?: unknown } | null>) => {
        if (data?.attacked) resolve(data.attacked);
      });
    });
  },

  /** The same script where nothing holds it back. */
  async freeWorker(): Promise<unknown> {
    const worker = new Worker(at('/hostile.js'));
    worker.postMessage(null);
    const told = await new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
    worker.terminate();
    return told;
  },
};

export type Bed = typeof bed;
Object.assign(globalThis, { bed });
