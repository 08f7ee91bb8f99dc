/** A durable, ordered key-value store with atomic batches. Contract suite: `test/contract/storage.ts`. */

export type StoredValue = string | Uint8Array;

/** `null` deletes. */
export type Write = readonly [key: string, value: StoredValue | null];

export interface Storage {
  get(key: string): Promise<StoredValue | undefined>;
  /** Entries whose key starts with `prefix`, in byte order of the key. */
  entries(prefix: string): Promise<[key: string, value: StoredValue][]>;
  /**
   * All or nothing. Resolves when the batch survives the process; with `sync`, when it survives the power.
   * @throws StorageError
   */
  write(batch: readonly Write[], options?: { readonly sync?: boolean }): Promise<void>;
  close(): Promise<void>;
}

export class StorageError extends Error {
  constructor(
    readonly code: 'storage-blocked' | 'storage-full' | 'storage-corrupt' | 'identity-busy',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StorageError';
  }
}
