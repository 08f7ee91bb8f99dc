/** Whole networks of operating-system processes: the built command as relay, witness, contributor and submitter. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { systemClock } from '../../src/engine/adapters/clock.js';
import { nodeSandboxes } from '../../src/engine/adapters/pool/node-sandbox.js';
import { nodeThreads } from '../../src/engine/adapters/pool/node-thread.js';
import { createPool } from '../../src/engine/adapters/pool/pool.js';
import { openLevel } from '../../src/engine/adapters/storage/level.js';
import type { EngineConfig, EngineEvent, EngineHandle, NodeState, Task } from '../../src/engine/api.js';
import { guardChecks } from '../../src/engine/core/ledger/parse.js';
import { Ledger } from '../../src/engine/core/ledger/ledger.js';
import { DEVELOPMENT_PARAMETERS, type Network, type Parameters as NetworkParameters } from '../../src/engine/core/network.js';
import type { Certified, SettleRecord } from '../../src/engine/core/record.js';
import { openEngine } from '../../src/engine/host/engine.js';
import type { Platform } from '../../src/engine/host/platform.js';
import { nodeConfig } from '../../src/engine/node/config.js';
import { nodePlatform } from '../../src/engine/node/node-platform.js';
import { foundNetwork } from '../../src/relay/data-dir.js';
import { loadWitnessSigner } from '../../src/relay/witness.js';
import { temporaryFolder } from './gun-world.js';

/** The built command; `npm run build` makes it. */
export const CLI = process.env['EDGE_NET_CLI'] ?? fileURLToPath(new URL('../../dist/node/cli.js', import.meta.url));
if (!existsSync(CLI)) throw new Error(`${CLI} is missing. Run npm run build first.`);

const ASSETS = pathToFileURL(CLI);
ASSETS.pathname = ASSETS.pathname.replace(/[^/]+$/u, '');

/** A running `edge-net` command. */
export interface Command {
  readonly child: ChildProcess;
  /** Lines of stderr so far. */
  readonly said: readonly string[];
  /** The first JSON line of stdout: what a long-running command prints when it is ready. */
  readonly ready: Promise<Record<string, unknown>>;
  /** A line of stderr that was or will be said. Rejects when the command ends without it. */
  line(expected: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
  /** SIGKILL, or another signal, and wait for the end. */
  kill(signal?: NodeJS.Signals): Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  /** Last line of stdout. */
  readonly json: Record<string, unknown>;
  readonly stderr: string;
}

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export function edgeNet(args: readonly string[], { input }: { readonly input?: string } = {}): Command {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', 'ipc'] });
  // The channel ends with this process, however it ends, and commands that run on stop when it does.
  child.channel?.unref();
  running.add(child);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const [said, printed]: [string[], string[]] = [[], []];
  const [out, errors] = [createInterface({ input: child.stdout! }), createInterface({ input: child.stderr! })];
  out.on('line', (line) => printed.push(line));
  errors.on('line', (line) => said.push(line));
  const ended = Promise.all([once(child, 'exit'), once(out, 'close'), once(errors, 'close')]).then(([[code]]): Ended => {
    running.delete(child);
    return { code: code as number | null, json: parse(printed.at(-1)), stderr: said.join('\n') };
  });
  const orEnd = async <T>(what: string, wanted: Promise<T>): Promise<T> => {
    const end = ended.then(({ code, stderr }) => { throw new Error(`edge-net ${args[0]} ended with ${code} before ${what}:\n${stderr}`); });
    return Promise.race([wanted, end]);
  };
  const ready = orEnd('it was ready', new Promise<Record<string, unknown>>((resolve) => out.on('line', (line) => {
    if (!('error' in parse(line))) resolve(parse(line));
  })));
  ready.catch(() => undefined);
  return {
    child, said, ready, ended,
    line: (expected) => orEnd(`it said ${expected}`, new Promise((resolve) => {
      const look = (line: string): void => {
        const found = expected.exec(line);
        if (found) resolve(found);
      };
      said.forEach(look);
      errors.on('line', look);
    })),
    async kill(signal = 'SIGKILL') {
      child.kill(signal);
      return ended;
    },
  };
}

function parse(line: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(line ?? '') as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Runs a command to its end. */
export const run = (args: readonly string[], options?: { readonly input?: string }): Promise<Ended> => edgeNet(args, options).ended;

export interface Net {
  readonly dir: string;
  readonly relayDir: string;
  readonly network: Network;
  url: string;
  relay: Command;
  readonly contributors: Contributor[];
  /** On the port of the relay before it. */
  restartRelay(): Promise<void>;
  addContributor(args?: readonly string[]): Promise<Contributor>;
  /** A node in this process. */
  open(options?: OpenOptions): Promise<Node>;
  close(): Promise<void>;
}

export interface Contributor extends Command {
  readonly id: string;
  readonly dir: string;
  readonly args: readonly string[];
}

export interface OpenOptions {
  readonly dataDir?: string;
  readonly config?: Partial<EngineConfig>;
  readonly platform?: Partial<Platform>;
}

/** An engine in this process, and all it told. */
export interface Node extends EngineHandle {
  readonly events: readonly EngineEvent[];
  until(holds: (state: NodeState) => boolean): Promise<NodeState>;
  /** The first event, past or future, that fits. */
  event(fits: (event: EngineEvent) => boolean): Promise<EngineEvent>;
}

export async function startRelay(dataDir: string, port = 0): Promise<{ command: Command; url: string; port: number }> {
  const command = edgeNet(['relay', '--port', String(port), '--data', dataDir, '--json']);
  const ready = await command.ready as { url: string; port: number };
  return { command, url: ready.url, port: ready.port };
}

export async function contribute(url: string, dir: string, args: readonly string[] = []): Promise<Contributor> {
  const command = edgeNet(['contribute', '--relay', url, '--data', dir, '--json', '--cpu-limit', '1', '--workers', '1', ...args]);
  const { node } = await command.ready as { node: string };
  return { ...command, id: node, dir, args };
}

/** Threads of the built package: they start without a TypeScript loader. */
const builtPool: Platform['createPool'] = ({ sandbox, ...settings }) => createPool({
  ...settings, clock: systemClock, spawn: nodeThreads({ entry: new URL('compute.js', ASSETS) }),
  sandbox: { ...sandbox, spawn: nodeSandboxes({ entry: new URL('sandbox.js', ASSETS), script: new URL('edge-net.sandbox.js', ASSETS) }) },
});

export async function openNode(url: string, { dataDir, config = {}, platform = {} }: OpenOptions = {}): Promise<Node> {
  const whole = nodeConfig({ relays: [url], local: 'never', base: ASSETS.href, ...config });
  const engine = await openEngine(whole, { ...nodePlatform(whole, { dataDir }), createPool: builtPool, ...platform });
  const events: EngineEvent[] = [];
  engine.subscribe((event) => events.push(event));
  const told = <T>(look: (event?: EngineEvent) => T | undefined): Promise<T> => new Promise((resolve) => {
    const unsubscribe = engine.subscribe((event) => attempt(event));
    const attempt = (event?: EngineEvent): void => {
      const found = look(event);
      if (found === undefined) return;
      unsubscribe();
      resolve(found);
    };
    attempt();
  });
  return Object.assign(engine, {
    events,
    until: (holds: (state: NodeState) => boolean) => told(() => (holds(engine.state) ? engine.state : undefined)),
    event: (fits: (event: EngineEvent) => boolean) => told((event) => (event ? (fits(event) ? event : undefined) : events.find(fits))),
  });
}

export interface NetOptions {
  readonly contributors?: number;
  /** Of `edge-net contribute`. */
  readonly args?: readonly string[];
  readonly parameters?: Partial<NetworkParameters>;
}

/** A relay and contributors, each a process of its own. */
export async function startNet({ contributors = 2, args = [], parameters = {} }: NetOptions = {}): Promise<Net> {
  const dir = await temporaryFolder();
  const relayDir = join(dir, 'relay');
  const witness = await loadWitnessSigner(relayDir);
  const { network } = await foundNetwork({ dataDir: relayDir, name: 'test', witness, parameters: { ...DEVELOPMENT_PARAMETERS, ...parameters } });
  const { command, url, port } = await startRelay(relayDir);
  const nodes: Node[] = [];
  let names = 0;
  const net: Net = {
    dir, relayDir, url, network, relay: command, contributors: [],
    async restartRelay() {
      net.relay = (await startRelay(relayDir, port)).command;
    },
    async addContributor(more = args) {
      const contributor = await contribute(url, join(dir, `contributor-${(names += 1)}`), more);
      net.contributors.push(contributor);
      return contributor;
    },
    async open(options) {
      const node = await openNode(url, options);
      nodes.push(node);
      return node;
    },
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
      await Promise.all([...net.contributors, net.relay].map(({ kill }) => kill()));
      await rm(dir, { recursive: true });
    },
  };
  await Promise.all(Array.from({ length: contributors }, () => net.addContributor()));
  // A contributor is ready when it sees somebody seated, which need not be itself.
  const observer = await openNode(url);
  await observer.until(({ stats }) => stats.peers >= contributors);
  await observer.close();
  return net;
}

/** The certified records of a data folder that no process has open, folded. */
export async function readLedger(storeDir: string, network: Network): Promise<Ledger> {
  const store = await openLevel(storeDir);
  const ledger = new Ledger(network);
  for (const [, value] of await store.entries('rec/')) {
    const certified = JSON.parse(String(value)) as Certified;
    const guarded = guardChecks(network, certified);
    if (!guarded.ok) throw new Error(guarded.message);
    ledger.add(guarded.record, certified, guarded.assignment);
  }
  await store.close();
  return ledger;
}

/** Every escrow ended, each by the one settlement that its slot holds. */
export function assertEnded(ledger: Ledger): void {
  assert.deepEqual([ledger.openEscrows().length, ledger.broken.size, ledger.forked.size], [0, 0, 0]);
  const settled = settlements(ledger).map(({ escrow }) => escrow);
  const escrows = [...ledger.entries()].filter(({ record }) => record.kind === 'escrow').map(({ record }) => record.id);
  assert.deepEqual([new Set(settled).size, settled.sort()], [settled.length, escrows.sort()]);
}

export function settlements(ledger: Ledger): SettleRecord[] {
  return [...ledger.entries()].flatMap(({ record }) => (record.kind === 'settle' ? [record] : []));
}

/** A search of a few vectors: some hundredths of a credit and no time to speak of. */
export function search(options: Task['options'] = {}, { vectors = 20, dims = 4 }: { readonly vectors?: number; readonly dims?: number } = {}): Task {
  const data = Array.from({ length: vectors }, (_, row) => Array.from({ length: dims }, (_, column) => Math.sin(row * dims + column + 1)));
  return { type: 'vector_search', payload: { query: data[3], vectors: data, k: 1 }, options: { redundancy: 2, ...options } };
}

export const searchPayload = (size?: Parameters<typeof search>[1]): string => JSON.stringify(search({}, size).payload);

/** granted + minted = spendable + pending + escrowed + staked + burned, in micro-credits, so that no rounding can hide a difference. */
export function isBalanced(ledger: NonNullable<NodeState['ledger']>): boolean {
  const micro = (credits: number): number => Math.round(credits * 1e6);
  const { granted, minted, spendable, pending, escrowed, staked, burned } = ledger;
  return micro(granted) + micro(minted) === [spendable, pending, escrowed, staked, burned].reduce((sum, part) => sum + micro(part), 0);
}
