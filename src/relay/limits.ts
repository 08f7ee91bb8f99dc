/** What one connection, one node and the relay as a whole may use. All of it can be set. */

export interface RelayLimits {
  /** Per connection; above it the relay reads no faster. Frames are counted singly inside a batch. */
  readonly bytesPerSecond: number;
  readonly framesPerSecond: number;
  /** Seconds' worth that may come at once. */
  readonly burstSeconds: number;
  /** Frames nobody understands, or values that fail the guard: after this many at once the connection is closed. */
  readonly junkBurst: number;
  readonly junkPerSecond: number;
  readonly frameBytesMax: number;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  /** Bytes that wait for a slow reader; what comes on top is dropped. */
  readonly queueBytesMax: number;
  /** Values of one connection being verified at once. */
  readonly checksMax: number;
  readonly blobBytesPerHour: number;
  readonly blobDiskBytesMax: number;
  readonly blobHours: number;
  /** Hours of the graph that the relay keeps and serves. */
  readonly graphHours: number;
  readonly graphDiskBytesMax: number;
  /** A connection that answers no ping for this long is gone. */
  readonly pingMs: number;
}

const MB = 1 << 20;

export const RELAY_LIMITS: RelayLimits = {
  bytesPerSecond: 200_000,
  framesPerSecond: 500,
  burstSeconds: 10,
  junkBurst: 100,
  junkPerSecond: 2,
  frameBytesMax: 256 << 10,
  connectionsMax: 2_000,
  connectionsPerAddressMax: 500,
  queueBytesMax: 16 * MB,
  checksMax: 2_000,
  blobBytesPerHour: 1_024 * MB,
  blobDiskBytesMax: 4_096 * MB,
  blobHours: 24,
  graphHours: 24,
  graphDiskBytesMax: 2_048 * MB,
  pingMs: 10_000,
};

/** A token bucket that may go into debt: the caller takes first and waits afterwards. */
export class Allowance {
  #left: number;
  #at: number;

  constructor(private readonly perSecond: number, private readonly burst: number, now: number) {
    this.#left = burst;
    this.#at = now;
  }

  /** Milliseconds until the debt is paid; 0 when there is none. */
  take(amount: number, now: number): number {
    this.#left = Math.min(this.burst, this.#left + ((now - this.#at) / 1_000) * this.perSecond) - amount;
    this.#at = now;
    return this.#left >= 0 ? 0 : (-this.#left / this.perSecond) * 1_000;
  }
}
