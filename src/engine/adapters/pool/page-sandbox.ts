/**
 * Sandboxed compute workers in a page: each a worker of one frame that the page makes on request and drops when it has had
 * nothing to do for a while. Runs in the engine's worker, which has no document.
 */
import type { Clock } from '../../ports/clock.js';
import { PoolError } from '../../ports/pool.js';
import type { FromFrame, FromHost, ToFrame } from '../../sandbox/messages.js';
import type { ComputeWorker, FromWorker, Spawn, WorkerEvents } from './protocol.js';

export interface SandboxPage {
  readonly clock: Clock;
  /** Has the page make a frame and answer over the port, or drop the frame it has. */
  setFrame(host: MessagePort | undefined): void;
  /** What each worker runs: `edge-net.sandbox.js`. @throws PoolError */
  loadCode(): Promise<string>;
  /** A frame without workers is kept for so long; 60 s by default. */
  readonly idleMs?: number;
}

export function pageSandboxes(page: SandboxPage): Spawn {
  const frame = new SandboxFrame(page);
  return (events) => frame.open(events);
}

class SandboxFrame {
  /** Leads to the frame, once there is one. */
  #frame: Promise<MessagePort> | undefined;
  /** Leads to the page that made it. */
  #host: MessagePort | undefined;
  readonly #workers = new Map<number, WorkerEvents>();
  #ids = 0;
  #keep = (): void => undefined;

  constructor(private readonly page: SandboxPage) {}

  open(events: WorkerEvents): ComputeWorker {
    const id = ++this.#ids;
    const { port1: near, port2: far } = new MessageChannel();
    let hasSpoken = false;
    near.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      hasSpoken = true;
      events.message(data);
    };
    near.onmessageerror = () => events.failed(new PoolError('kernel-failed', 'The sandbox sent a message that cannot be read.'));
    this.#keep();
    this.#workers.set(id, {
      ...events,
      // From the first message on an error is the kernel's, not the platform's.
      failed: (error) => events.failed(hasSpoken ? new PoolError('kernel-failed', error.message, { cause: error }) : error),
    });
    void this.#start(id, far);
    return {
      post: (message, transfer) => near.postMessage(message, transfer ?? []),
      terminate: async () => {
        near.close();
        this.#end(id);
      },
    };
  }

  async #start(id: number, port: MessagePort): Promise<void> {
    const frame = (this.#frame ??= this.#request());
    try {
      const toFrame = await frame;
      if (this.#workers.has(id)) tell(toFrame, { t: 'open', id, port }, [port]);
    } catch (error) {
      if (this.#frame === frame) this.#frame = undefined;
      this.#workers.get(id)?.failed(error as PoolError);
    }
  }

  async #request(): Promise<MessagePort> {
    const text = await this.page.loadCode();
    const { port1: near, port2: far } = new MessageChannel();
    this.#host = near;
    this.page.setFrame(far);
    return new Promise((resolve, reject) => {
      near.onmessage = ({ data }: MessageEvent<FromHost>) => {
        if (data.t === 'ready') {
          data.port.onmessage = ({ data: { id, code, message } }: MessageEvent<FromFrame>) => this.#workers.get(id)?.failed(new PoolError(code, message));
          tell(data.port, { t: 'code', text });
          return resolve(data.port);
        }
        const error = new PoolError(data.code, data.message);
        reject(error);
        this.#frame = undefined;
        for (const { failed } of [...this.#workers.values()]) failed(error);
      };
    });
  }

  #end(id: number): void {
    if (!this.#workers.delete(id)) return;
    this.#frame?.then((frame) => tell(frame, { t: 'end', id })).catch(() => undefined);
    if (this.#workers.size === 0) this.#keep = this.page.clock.after(this.page.idleMs ?? 60_000, () => this.#drop());
  }

  #drop(): void {
    if (!this.#frame) return;
    this.#frame = undefined;
    this.#host?.close();
    this.page.setFrame(undefined);
  }
}

function tell(frame: MessagePort, message: ToFrame, transfer: Transferable[] = []): void {
  frame.postMessage(message, transfer);
}
