/**
 * An identity key has one writer, ever: two tabs that sign with one chain would fork it. Web Locks give the
 * writing to one tab or worker of a browser profile; the others wait in line and one takes over when it goes,
 * however it goes. Nobody steals: a writer that is slow may still be writing.
 */
export type Role = 'writer' | 'follower';

export interface WriterHandlers {
  /** A follower's turn has come. Not called for a claim that is granted at once. */
  onAcquired(): void;
  /** The lock was taken from a writer, which only foreign code would do: stop signing. */
  onLost(): void;
}

export interface WriterClaim {
  /** At this moment. */
  readonly role: Role;
  /** Leaves the line or gives up the writing; resolves when the lock is free for the next. */
  release(): Promise<void>;
}

export class WriterError extends Error {
  readonly code = 'unsupported';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WriterError';
  }
}

/**
 * @param name of the identity's store; claims of one name exclude each other within an origin
 * @throws WriterError where the page has no Web Locks
 */
export async function claimWriter(name: string, handlers: WriterHandlers): Promise<WriterClaim> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (!locks) throw new WriterError('This browser has no Web Locks, so two tabs could use one identity at once. Use storage="memory".');
  try {
    return await new Claim(locks, `edge-net writer ${name}`, handlers).start();
  } catch (cause) {
    throw new WriterError(`This page may not use Web Locks (${String(cause)}). Use storage="memory".`, { cause });
  }
}

class Claim implements WriterClaim {
  role: Role = 'follower';
  readonly #line = new AbortController();
  #letGo: () => void = () => undefined;
  #ended: Promise<void> = Promise.resolve();
  #released = false;

  constructor(
    private readonly locks: LockManager,
    private readonly name: string,
    private readonly handlers: WriterHandlers,
  ) {}

  async start(): Promise<this> {
    const granted = await new Promise<boolean>((resolve, reject) => {
      this.#ended = this.#follow(
        this.locks.request(this.name, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          return lock ? this.#hold() : undefined;
        }),
      );
      this.#ended.catch(reject);
    });
    if (!granted) {
      const waiting = this.locks.request(this.name, { signal: this.#line.signal }, () => this.#takeOver());
      // A document that is going away can wait no longer; there is nobody to tell.
      this.#ended = this.#follow(waiting).catch(() => undefined);
    }
    return this;
  }

  async release(): Promise<void> {
    this.#released = true;
    this.role = 'follower';
    this.#line.abort();
    this.#letGo();
    await this.#ended;
  }

  #hold(): Promise<void> {
    this.role = 'writer';
    return new Promise((resolve) => (this.#letGo = resolve));
  }

  #takeOver(): Promise<void> | undefined {
    if (this.#released) return undefined;
    const held = this.#hold();
    this.handlers.onAcquired();
    return held;
  }

  /** A request ends in rejection when its wait is aborted, by us, or its lock is stolen, by others. */
  async #follow(request: Promise<unknown>): Promise<void> {
    try {
      await request;
    } catch (error) {
      if (this.#released) return;
      if (this.role !== 'writer') throw error;
      this.role = 'follower';
      this.handlers.onLost();
    }
  }
}
