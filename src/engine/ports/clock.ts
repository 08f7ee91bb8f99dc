/** Time and chance: the only two sources of them that the engine knows. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after `delayMs`; the returned function forgets it. */
  after(delayMs: number, callback: () => void): () => void;
}

export interface Random {
  bytes(length: number): Uint8Array;
}
