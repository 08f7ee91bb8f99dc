/** Transport worlds over real sockets: our relay in this process, or a stock GUN relay in one of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { systemClock, systemRandom } from '../../src/engine/adapters/clock.js';
import { createGunTransport } from '../../src/engine/adapters/transport/gun-transport.js';
import { createGuard } from '../../src/engine/guard.js';
import type { Network } from '../../src/engine/core/network.js';
import type { Signer } from '../../src/engine/ports/signer.js';
import type { Transport } from '../../src/engine/ports/transport.js';
import { type Relay, type RelayOptions, startRelay } from '../../src/relay/relay.js';
import type { TransportWorld } from '../contract/transport.js';
import { newSigner, newTestNetwork, type TestNetwork } from '../contract/transport-fixture.js';
import type { Recorder } from '../contract/transport-recorder.js';

const REPEAT_MS = 2_000;

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'edge-net-'));

export function newTransport(testNetwork: TestNetwork, url: string, signer: Signer): Transport {
  return createGunTransport({
    relays: [url], network: testNetwork.network, signer, guard: createGuard(testNetwork.network, signer),
    wantsAttachment: () => true, clock: systemClock, random: systemRandom, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
  });
}

export function newRelay(testNetwork: TestNetwork, dataDir: string, more: Partial<RelayOptions> = {}): Promise<Relay> {
  return startRelay({ port: 0, dataDir, network: testNetwork.file, parsed: testNetwork.network, signer: testNetwork.witness, ...more });
}

export async function untilRepeating(recorder: Recorder, isTrue: () => boolean, repeat?: () => void): Promise<void> {
  repeat?.();
  const again = repeat && setInterval(repeat, REPEAT_MS);
  try {
    await recorder.until(isTrue);
  } finally {
    clearInterval(again);
  }
}

async function sharedParts(testNetwork: TestNetwork): Promise<Pick<TransportWorld, 'values' | 'until'>> {
  const accounts = await Promise.all([newSigner(), newSigner(), newSigner()]);
  const values = [...(await Promise.all(accounts.map(({ id }) => testNetwork.grant(id)))), await testNetwork.open(accounts[0]!), await testNetwork.header()];
  return { values: async () => values, until: untilRepeating };
}

/** Writes over a value and beside it, with GUN's own frames. */
export async function overwrite(url: string, soul: string, key: string, text: unknown, state: number): Promise<void> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  socket.send(JSON.stringify({ '#': `vandal${Math.random()}`, put: { [soul]: { _: { '#': soul, '>': { [key]: state } }, [key]: text } } }));
  socket.close();
  await once(socket, 'close');
}

async function vandalise(testNetwork: TestNetwork, url: string, value: Parameters<TransportWorld['vandalise']>[0]): Promise<void> {
  const { soul, key, text } = createGuard(testNetwork.network, testNetwork.witness).place(value)!;
  await overwrite(url, soul, key, null, Date.now());
  await overwrite(url, soul, `${key}x`, text, 1);
  await overwrite(url, soul, key, text.replace('"amount":', '"amount":1'), Date.now());
}

export async function relayWorld(): Promise<TransportWorld> {
  const testNetwork = await newTestNetwork();
  const dataDir = await temporaryFolder();
  let relay = await newRelay(testNetwork, dataDir);
  const { url, port } = relay;
  return {
    mode: 'direct',
    ...(await sharedParts(testNetwork)),
    witness: { id: testNetwork.witness.id, transport: relay.local(testNetwork.witness.id) },
    async peer() {
      const signer = await newSigner();
      return { id: signer.id, transport: newTransport(testNetwork, url, signer) };
    },
    async cut() {
      await relay.close();
      relay = await newRelay(testNetwork, dataDir, { port });
    },
    vandalise: (value) => vandalise(testNetwork, url, value),
    async dispose() {
      await relay.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** Starts a process and resolves with the line that says it is ready. It ends with this one, however that ends. */
export async function startProcess(script: string, args: readonly string[], options: { cwd?: string } = {}): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], ...options });
  for await (const line of createInterface({ input: child.stdout! })) {
    if (!line.startsWith('ready')) continue;
    child.stdout!.resume();
    return { child, line };
  }
  throw new Error(`${script} ended before it was ready`);
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const STOCK_RELAY = new URL('fixtures/stock-relay.mjs', import.meta.url).pathname;

/** Worlds of one stock relay, which takes a second to start; every world is a network of its own on it. */
export class StockRelay {
  readonly #dataDir = temporaryFolder();
  #process = this.#start('0');

  async url(): Promise<string> {
    return `ws://127.0.0.1:${await this.#port()}/gun`;
  }

  async world(): Promise<TransportWorld & { readonly network: Network }> {
    const testNetwork = await newTestNetwork();
    const url = await this.url();
    const { witness } = testNetwork;
    return {
      mode: 'mailbox',
      network: testNetwork.network,
      ...(await sharedParts(testNetwork)),
      witness: { id: witness.id, transport: newTransport(testNetwork, url, witness) },
      async peer() {
        const signer = await newSigner();
        return { id: signer.id, transport: newTransport(testNetwork, url, signer) };
      },
      cut: async () => {
        const port = await this.#port();
        await kill((await this.#process).child);
        this.#process = this.#start(port);
        await this.#process;
      },
      vandalise: (value) => vandalise(testNetwork, url, value),
      dispose: async () => {},
    };
  }

  async stop(): Promise<void> {
    await kill((await this.#process).child);
    await rm(await this.#dataDir, { recursive: true, force: true });
  }

  async #start(port: string): ReturnType<typeof startProcess> {
    return startProcess(STOCK_RELAY, [port, await this.#dataDir]);
  }

  async #port(): Promise<string> {
    return (await this.#process).line.split(' ')[1]!;
  }
}
