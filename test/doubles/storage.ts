/**
 * A disk for the simulator: it has latency on the simulator's clock, forgets on a crash what a real one may
 * forget, and fails when told to. A node opens it, dies with it, and opens it again.
 */
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import type { Clock } from '../../src/engine/ports/clock.js';
import { StorageError, type Storage, type StoredValue, type Write } from '../../src/engine/ports/storage.js';

export interface DiskOptions {
  readonly clock: Clock;
  /** Milliseconds the next operation takes; draw it from the simulator's seed. */
  latencyMs(operation: 'read' | 'write' | 'sync'): number;
}

/** One operation waiting for its turn; a crash forgets it and its promise never settles. */
interface Operation {
  readonly kind: 'read' | 'write' | 'sync';
  run(): Promise<void>;
}

export class SimulatedDisk {
  /** What survives the power, then what was written since the last sync. */
  #platter: Write[] = [];
  #unsynced: Write[] = [];
  #nextFailure: StorageError['code'] | undefined;
  #session = 0;
  #queue: Operation[] = [];
  #forgetTimer: () => void = () => undefined;

  constructor(private readonly options: DiskOptions) {}

  async open(): Promise<Storage> {
    const session = ++this.#session;
    this.#drop();
    const memory = memoryStorage();
    await memory.write([...this.#platter, ...this.#unsynced]);
    const enqueue = <T>(kind: Operation['kind'], work: () => Promise<T>): Promise<T> => this.#enqueue(session, kind, work);

    return {
      get: (key) => enqueue('read', () => memory.get(key)),
      entries: (prefix) => enqueue('read', () => memory.entries(prefix)),
      write: (batch, { sync = false } = {}) => {
        const writes = batch.map(([key, value]): Write => [key, copyOf(value)]);
        return enqueue(sync ? 'sync' : 'write', async () => {
          this.#failIfTold();
          await memory.write(writes);
          this.#unsynced.push(...writes);
          if (sync) this.#harden();
        });
      },
      close: () => enqueue('sync', async () => {
        this.#harden();
        await memory.close();
      }),
    };
  }

  /**
   * Ends the session at once: unfinished batches are lost whole and no pending promise settles. A `power`
   * failure also takes finished batches that no sync has followed.
   */
  crash(kind: 'process' | 'power' = 'power'): void {
    this.#session++;
    this.#drop();
    if (kind === 'power') this.#unsynced = [];
  }

  /** A replaced disk: call between `crash` and `open`. */
  wipe(): void {
    this.#platter = [];
    this.#unsynced = [];
  }

  /** The next batch is refused whole. */
  failNext(code: StorageError['code']): void {
    this.#nextFailure = code;
  }

  #enqueue<T>(session: number, kind: Operation['kind'], work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (session !== this.#session) return;
      this.#queue.push({ kind, run: () => work().then(resolve, reject) });
      if (this.#queue.length === 1) this.#serve();
    });
  }

  /** One operation after the other, in order of arrival. */
  #serve(): void {
    const [operation] = this.#queue;
    if (!operation) return;
    const session = this.#session;
    this.#forgetTimer = this.options.clock.after(this.options.latencyMs(operation.kind), () => {
      void operation.run().then(() => {
        if (session !== this.#session) return;
        this.#queue.shift();
        this.#serve();
      });
    });
  }

  #drop(): void {
    this.#forgetTimer();
    this.#queue = [];
  }

  #harden(): void {
    const values = new Map([...this.#platter, ...this.#unsynced]);
    this.#platter = [...values].filter(([, value]) => value !== null);
    this.#unsynced = [];
  }

  #failIfTold(): void {
    const code = this.#nextFailure;
    this.#nextFailure = undefined;
    if (code) throw new StorageError(code, `The simulated disk was told to fail with ${code}.`);
  }
}

function copyOf(value: StoredValue | null): StoredValue | null {
  return value instanceof Uint8Array ? value.slice() : value;
}
