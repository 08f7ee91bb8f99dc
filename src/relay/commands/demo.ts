/** `edge-net demo`: a relay, two contributors and a page, each contributor a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EngineHandle, TaskResult } from '../../engine/api.js';
import { openEngine } from '../../engine/host/engine.js';
import { nodeConfig } from '../../engine/node/config.js';
import { ASSET_BASE, nodePlatform } from '../../engine/node/node-platform.js';
import { untilState } from './contribute.js';
import { demoEmbedding, demoSearch } from './demo-tasks.js';
import { printJson, say, untilStopped } from './output.js';

export interface DemoCommand {
  readonly port: string;
  readonly data: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

const CONTRIBUTORS = 2;
const CLI = fileURLToPath(new URL('cli.js', ASSET_BASE));

export async function runDemo({ port, data, once: justOnce, json }: DemoCommand): Promise<void> {
  const children: ChildProcess[] = [];
  const stop = (): void => children.forEach((child) => child.kill('SIGTERM'));
  process.once('exit', stop);
  try {
    const relay = await startChild(children, ['relay', '--port', justOnce ? '0' : port, '--data', `${data}/relay`, '--json']) as { url: string };
    const contributors = Array.from({ length: CONTRIBUTORS }, (_, i) => startChild(children, ['contribute', '--relay', relay.url, '--data', `${data}/contributor-${i + 1}`, '--cpu-limit', '0.5', '--json']));
    await Promise.all(contributors);
    const page = relay.url.replace(/^ws/u, 'http').replace(/\/gun$/u, '/');
    if (!justOnce) {
      say(`\nOpen ${page} — a relay and ${CONTRIBUTORS} contributors are at work. Ctrl-C stops them.`);
      if (json) printJson({ page, relay: relay.url });
      return await untilStopped();
    }
    const report = await runTasks(relay.url);
    if (json) printJson(report);
    else say(JSON.stringify(report, null, 2));
  } finally {
    stop();
    await Promise.all(children.map((child) => child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined));
  }
}

/** Starts this program again as a process of its own. @returns the JSON line with which it says that it is ready */
async function startChild(children: ChildProcess[], args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout! });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`edge-net ${args[0]} ended with code ${String(code)} before it was ready.`);
  });
  ended.catch(() => undefined);
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  const said = JSON.parse(line) as { readonly error?: { readonly code: string; readonly message: string } };
  if (said.error) throw Object.assign(new Error(said.error.message), { code: said.error.code });
  return said;
}

async function runTasks(relay: string): Promise<Record<string, unknown>> {
  const config = nodeConfig({ relays: [relay], local: 'never' });
  const engine = await openEngine(config, nodePlatform(config));
  try {
    await untilState(engine, () => engine.state.stats.peers >= CONTRIBUTORS);
    const embedding = await timed(engine, demoEmbedding);
    const vectorSearch = await timed(engine, demoSearch());
    await untilState(engine, () => engine.state.ledger?.escrowed === 0);
    return { embedding, vectorSearch, ledger: engine.state.ledger };
  } finally {
    await engine.close();
  }
}

async function timed(engine: EngineHandle, task: Parameters<EngineHandle['submit']>[0]): Promise<Record<string, unknown>> {
  const quote = await engine.quote(task);
  const startedAt = performance.now();
  const result: TaskResult = await engine.submit(task);
  const { embeddings, matches, ...rest } = result as TaskResult & { embeddings?: number[][]; matches?: unknown };
  return {
    ...rest, quoted: quote.cost, latencyMs: Math.round(performance.now() - startedAt),
    ...(embeddings ? { vectors: embeddings.length, first: embeddings[0]!.slice(0, 4) } : {}), ...(matches ? { matches } : {}),
  };
}
