/** A collection as pages see it, and what its storage costs. */
import type { Collection } from '../api.js';
import { storagePrice } from '../core/assignment/price.js';
import type { CollectionView } from '../core/ledger/collections.js';
import type { Parameters } from '../core/network.js';
import type { CollectionRecord, Micro } from '../core/record.js';

const MICRO = 1_000_000;

type Stored = Pick<CollectionRecord, 'replicas' | 'shards'>;

/** Of a storage day, for all replicas. */
export function storageCost({ replicas, shards }: { readonly replicas: number; readonly shards: readonly { readonly size: number }[] }, { storagePerMegabyteDay }: Pick<Parameters, 'storagePerMegabyteDay'>): Micro {
  return shards.reduce((sum, { size }) => sum + replicas * storagePrice(size, storagePerMegabyteDay), 0);
}

export function present(view: CollectionView, parameters: Parameters): Collection {
  const { id, owner, record, deposit, released } = view;
  const { name, dims, metric, scalar, replicas, access, shards, closed } = record;
  const aDay = storageCost(record satisfies Stored, parameters);
  return {
    id, owner, name, dims, metric, storage: scalar, replicas, access,
    vectors: rowsOf(record), bytes: shards.reduce((sum, { size }) => sum + size, 0),
    shards: shards.map(({ rows, size }, at) => ({ vectors: rows, bytes: size, holders: [...(view.holders(at)?.holders ?? [])] })),
    deposit: deposit / MICRO, daysLeft: aDay > 0 ? deposit / aDay : null,
    status: released ?? (closed ? 'closed' : 'open'),
  };
}

export function rowsOf({ shards }: Pick<CollectionRecord, 'shards'>): number {
  return shards.reduce((sum, { rows }) => sum + rows, 0);
}
