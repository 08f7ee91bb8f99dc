/** A relay and contributors for a benchmark: each a process of its own, running what `npm run build` made. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What the package ships for Node. */
export const DIST = new URL('../dist/node/', import.meta.url);

export interface BenchNetwork {
  /** `ws://…/gun` */
  readonly relay: string;
  close(): Promise<void>;
}

export interface Child {
  readonly pid: number;
  /** The line of JSON with which it said that it is ready. */
  readonly ready: unknown;
  stop(): Promise<void>;
}

/** Starts a Node program that prints one line of JSON once it is ready. Its stderr is dropped: contributors log each task. */
export async function startChild(script: string, args: readonly string[], execArgv: readonly string[] = []): Promise<Child> {
  const child: ChildProcess = spawn(process.execPath, [...execArgv, script, ...args], { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] });
  const ended = once(child, 'exit');
  const failed = ended.then(([code]) => {
    throw new Error(`${args[0] ?? script} ended with code ${String(code)} before it was ready; run \`npm run build\` first.`);
  });
  failed.catch(() => undefined);
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout! }), 'line'), failed])) as [string];
  return {
    pid: child.pid!,
    ready: JSON.parse(line),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** @param cpuLimit share of each core that a contributor may use */
export async function startNetwork(contributors: number, cpuLimit: number): Promise<BenchNetwork> {
  const cli = fileURLToPath(new URL('cli.js', DIST));
  const data = await mkdtemp(join(tmpdir(), 'edge-net-bench-'));
  const children: Child[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(children.map((child) => child.stop()));
    await rm(data, { recursive: true });
  };
  const start = async (args: readonly string[]): Promise<unknown> => {
    const child = await startChild(cli, args);
    children.push(child);
    return child.ready;
  };
  try {
    const { url } = (await start(['relay', '--port', '0', '--data', join(data, 'relay'), '--json'])) as { url: string };
    await Promise.all(Array.from({ length: contributors }, (_, i) =>
      start(['contribute', '--relay', url, '--data', join(data, `contributor-${i}`), '--cpu-limit', String(cpuLimit), '--json'])));
    return { relay: url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
