/** Reads a collection back: each shard's ciphertext from one of its holders, opened with the key only its owner can make. */
import type { Collections as Api, ShardFile, TaskProgress } from '../api.js';
import type { Notice } from '../core/notice.js';
import type { PeerState } from '../core/peer/peer.js';
import type { Id } from '../core/record.js';
import type { Driver } from '../driver/driver.js';
import type { Shelf } from '../driver/shelf.js';
import { EdgeNetError } from '../error.js';
import { type CollectionWorld, findOwn } from './collection-world.js';

export type ShardNotice = Extract<Notice, { note: 'shard' }>;
type Options = NonNullable<Parameters<Api['export']>[1]>;

/** For each shard: asking again is cheap, and a holder may be on its way back. */
const PATIENCE_MS = 60_000;
const PATIENCE_MS_MAX = 2 ** 31 - 1;

export class CollectionExports {
  /** What came for those who wait, by collection and shard. */
  readonly #arrived = new Map<string, ShardNotice>();

  constructor(private readonly world: CollectionWorld, private readonly shelf: () => Pick<Shelf, 'decrypt'>) {}

  onNotice(notice: ShardNotice): void {
    this.#arrived.set(nameOf(notice.shard), notice);
  }

  async export(driver: Driver<PeerState>, id: Id, { signal, onProgress, timeout }: Options): Promise<ShardFile[]> {
    const { record } = await findOwn(this.world, driver, id, signal);
    const filled = [...record.shards.entries()].filter(([, { hash }]) => hash !== '');
    const total = filled.reduce((sum, [, { size }]) => sum + size, 0);
    const files: ShardFile[] = [];
    let loaded = 0;
    const tell = (): void => {
      const progress: TaskProgress = { taskId: id, phase: 'export', loaded, total };
      onProgress?.(progress);
      this.world.emit({ type: 'progress', progress });
    };
    tell();
    for (const [shard, { rows, size }] of filled) {
      const file = await this.#fetch(driver, id, shard, this.world.clock.now() + Math.min(timeout ?? PATIENCE_MS, PATIENCE_MS_MAX), signal);
      files.push({ shard, vectors: rows, file });
      loaded += size;
      tell();
    }
    return files;
  }

  async #fetch(driver: Driver<PeerState>, collection: Id, shard: number, untilMs: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { clock, watch } = this.world;
    const name = nameOf({ collection, shard });
    this.#arrived.delete(name);
    driver.feed({ on: 'fetch-shard', shard: { collection, shard } });
    const notice = await watch.until(() => this.#arrived.get(name), untilMs, signal);
    this.#arrived.delete(name);
    const plain = notice?.ciphertext && (await this.shelf().decrypt({ collection, shard }, notice.ciphertext));
    if (plain) return plain;
    if (notice?.ciphertext) throw new EdgeNetError('kernel-failed', `What a holder gave as shard ${shard} does not open. Another holder may have it whole: export again.`);
    throw new EdgeNetError('no-workers', `No holder of shard ${shard} gave it within the time. Try again when one is back.`, { retryAfterMs: Math.max(1_000, untilMs - clock.now()) });
  }
}

function nameOf({ collection, shard }: { readonly collection: Id; readonly shard: number }): string {
  return `${collection}/${shard}`;
}
