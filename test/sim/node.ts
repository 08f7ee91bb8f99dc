/** One identity of the simulated network, through all its lives: the real driver and machine, on simulated ports. */
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import { MESSAGE_LENGTH_MAX } from '../../src/engine/adapters/transport/frame.js';
import { toBase64url } from '../../src/engine/core/encoding.js';
import type { Happening } from '../../src/engine/core/event.js';
import type { Network } from '../../src/engine/core/network.js';
import type { BoxKey, NodeId } from '../../src/engine/core/record.js';
import { PREFIXES_AT_START } from '../../src/engine/core/witness/witness.js';
import { createDriver, type Driver } from '../../src/engine/driver/driver.js';
import { createShelf } from '../../src/engine/driver/shelf.js';
import type { Guard } from '../../src/engine/guard.js';
import { isGenuine } from '../../src/engine/host/genuine.js';
import type { Machine } from '../../src/engine/ports/machine.js';
import type { Pool } from '../../src/engine/ports/pool.js';
import type { BoxPair, Signer } from '../../src/engine/ports/signer.js';
import type { Storage } from '../../src/engine/ports/storage.js';
import type { GraphValue, Transport } from '../../src/engine/ports/transport.js';
import { fakeCipher } from '../doubles/content-cipher.js';
import { fakeSigner, type FakeIdentity } from '../doubles/signer.js';
import { SimulatedDisk } from '../doubles/storage.js';
import type { SimulatedNetwork } from '../doubles/transport.js';
import type { SimulatedClock } from './clock.js';
import type { Dice } from './dice.js';
import type { Look } from './sighting.js';

/** What all nodes share. */
export interface Surroundings {
  readonly clock: SimulatedClock;
  readonly links: SimulatedNetwork;
  readonly network: Network;
  readonly guard: Guard;
  readonly look: Look;
}

export interface NodeOptions<State> {
  readonly identity: FakeIdentity;
  /** A witness's; a peer makes one for each session. */
  readonly boxPair?: BoxPair;
  readonly dice: Dice;
  readonly machine: Machine<State>;
  /** The witness sits inside the relay, and its vault is a disk. */
  readonly isWitness: boolean;
  newState(session: string, boxKey: BoxKey): State;
  newPool(): Pool;
}

const READ_MS_MAX = 2;
const WRITE_MS_MAX = 4;
const SESSION_BYTES = 12;

export class SimulatedNode<State> {
  readonly id: NodeId;
  readonly store: SimulatedDisk;
  readonly vault: SimulatedDisk;
  /** Of a peer: its shards. */
  readonly shelf: SimulatedDisk;
  pool: Pool | undefined;
  #driver: Driver<State> | undefined;
  #life = 0;

  constructor(private readonly around: Surroundings, private readonly options: NodeOptions<State>) {
    this.id = options.identity.id;
    const { dice } = options;
    const disk = { clock: around.clock, latencyMs: (operation: string) => dice.between(0, operation === 'read' ? READ_MS_MAX : WRITE_MS_MAX) };
    this.store = new SimulatedDisk(disk);
    this.vault = new SimulatedDisk(disk);
    this.shelf = new SimulatedDisk(disk);
  }

  get isUp(): boolean {
    return this.#driver !== undefined;
  }

  /** Of the life that goes on, or of the last one. */
  state: State | undefined;

  feed(event: Happening): void {
    this.#driver?.feed(event);
  }

  /** Resolves once the stored state is read and the transport is open, unless the node dies before. */
  async start(): Promise<void> {
    const life = ++this.#life;
    const { clock, network, guard, look } = this.around;
    const { identity, boxPair, dice, machine, isWitness } = this.options;
    const signer: Signer = fakeSigner({ identity, boxPair, random: dice });
    const [store, vault] = await Promise.all([this.store.open(), isWitness ? this.vault.open() : memoryStorage()]);
    if (life !== this.#life) return;
    this.pool = this.options.newPool();
    this.state = this.options.newState(toBase64url(dice.bytes(SESSION_BYTES)), signer.boxKey);
    const driver = createDriver<State>({
      net: network.net,
      ...(isWitness ? { prefixes: PREFIXES_AT_START } : {}),
      machine: {
        step: (state, event) => {
          const step = machine.step(state, event);
          look({ saw: 'step', by: this.id, event, effects: step.effects });
          return step;
        },
      },
      state: this.state,
      ports: {
        transport: this.#transport(), store: this.#watched(store, 'store'), vault: this.#watched(vault, 'vault'), pool: this.pool, signer, clock, random: dice,
        ...(isWitness ? {} : { shelf: createShelf({ net: network.net, signer, cipher: fakeCipher, open: () => this.shelf.open() }) }),
        guard: (record) => isGenuine(guard, record),
      },
      onNotice: (notice) => look({ saw: 'notice', by: this.id, notice }),
      onFault: (error) => look({ saw: 'fault', by: this.id, error }),
    });
    this.#driver = driver;
    look({ saw: 'up', by: this.id });
    await driver.start();
  }

  /** The process dies between two events. `power`: what was never synced is lost as well. */
  crash(kind: 'process' | 'power' = 'process'): void {
    if (!this.#driver) return;
    this.#life += 1;
    this.store.crash(kind);
    this.vault.crash(kind);
    this.shelf.crash(kind);
    this.around.links.crash(this.id);
    // Of a clean end only this much is wanted: no timer, run or event of the old life comes back.
    void this.#driver.close().catch(() => undefined);
    this.#driver = undefined;
    this.around.look({ saw: 'down', by: this.id });
  }

  /** The store is lost, the vault is not. Call while down. */
  wipe(): void {
    this.store.wipe();
    this.around.look({ saw: 'wiped', by: this.id });
  }

  #transport(): Transport {
    const { links, guard, look } = this.around;
    const inner = links.transport(this.id, { inside: this.options.isWitness });
    return {
      ...inner,
      open: (handler) => inner.open({
        linkUp: (mode) => handler.linkUp(mode),
        linkDown: (code, message) => handler.linkDown(code, message),
        message: (from, message, attachment) => handler.message(from, message, attachment),
        gone: (node) => handler.gone(node),
        graph: (value) => void passes(guard, value).then((good) => { if (good) handler.graph(value); }),
      }),
      send: (to, message, options) => {
        // The relay closes the door on longer ones.
        if (JSON.stringify(message).length > MESSAGE_LENGTH_MAX) return;
        look({ saw: 'sent', by: this.id, to, message });
        inner.send(to, message, options);
      },
      publish: (value) => {
        look({ saw: 'published', by: this.id, value });
        inner.publish(value);
      },
    };
  }

  #watched(storage: Storage, area: 'store' | 'vault'): Storage {
    return {
      ...storage,
      write: async (batch, options) => {
        await storage.write(batch, options);
        this.around.look({ saw: 'written', by: this.id, area, writes: batch });
      },
    };
  }
}

/** The relay and every peer guard alike, so one verdict on a value serves all. */
const verdicts = new WeakMap<GraphValue, Promise<boolean>>();

function passes(guard: Guard, value: GraphValue): Promise<boolean> {
  let verdict = verdicts.get(value);
  if (!verdict) {
    const place = guard.place(value);
    verdict = place ? guard.check(place.soul, place.key, place.text).then((checked) => !('fault' in checked)) : Promise.resolve(false);
    verdicts.set(value, verdict);
  }
  return verdict;
}
