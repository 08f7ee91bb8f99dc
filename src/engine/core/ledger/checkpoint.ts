/** Checkpoints: what a witness signs each hour about everything certified so far (PROTOCOL 2). */
import { toBase64url, utf8 } from '../encoding.js';
import type { Checkpoint } from '../message.js';
import type { Epoch, Id, Micro, NodeId } from '../record.js';
import type { Ledger } from './ledger.js';
import { merkleRoot } from './merkle.js';
import { stateHash } from './state-hash.js';

const TOP = 100;

export interface CheckpointOptions {
  readonly net: Id;
  /** Counts checkpoints of `checkpointMs`, from 1970. */
  readonly hour: number;
  readonly prev: Id | '';
  /** Multiplier in force, in millionths. */
  readonly mPpm: number;
  /** What may be minted until the next checkpoint. */
  readonly cap: Micro;
  /** Epoch the totals are taken at: `checkpointEpoch`. */
  readonly epoch: Epoch;
}

/** The epoch in which a checkpoint's hour begins: what matured by then is spendable in its totals. */
export function checkpointEpoch(hour: number, { checkpointMs, epochMs }: { readonly checkpointMs: number; readonly epochMs: number }): Epoch {
  return Math.floor((hour * checkpointMs) / epochMs);
}

/** `fuel` is in whole reference seconds. */
export function buildCheckpoint(ledger: Ledger, { net, hour, prev, mPpm, cap, epoch }: CheckpointOptions): Checkpoint {
  const heads = [...ledger.heads()].sort(byAccount);
  return {
    kind: 'checkpoint',
    net,
    hour,
    prev,
    root: toBase64url(merkleRoot(heads.map(([account, { seq, id }]) => utf8(`${account} ${seq} ${id}`)))),
    heads: heads.length,
    state: stateHash(ledger),
    totals: ledger.totals(epoch),
    fuel: ledger.workSeconds,
    mPpm,
    cap,
    top: topEarners(ledger, TOP),
  };
}

/** Names of the fields in which a checkpoint differs from what this ledger would have signed; none when they agree. */
export function verifyAgainst(ledger: Ledger, checkpoint: Checkpoint, epoch: Epoch): string[] {
  const own = buildCheckpoint(ledger, { ...checkpoint, epoch });
  const fields = Object.keys(own) as (keyof Checkpoint)[];
  return fields.filter((field) => !isEqual(own[field], checkpoint[field]));
}

/** Accounts by all they ever earned, most first; equal ones in order of account. */
export function topEarners(ledger: Ledger, limit: number): { readonly account: NodeId; readonly earned: Micro }[] {
  return [...ledger.tracks()]
    .filter(([, { earned }]) => earned > 0)
    .sort((left, right) => right[1].earned - left[1].earned || byAccount(left, right))
    .slice(0, limit)
    .map(([account, { earned }]) => ({ account, earned }));
}

function byAccount([left]: readonly [NodeId, unknown], [right]: readonly [NodeId, unknown]): number {
  return left < right ? -1 : 1;
}

/** Of plain data, whatever the order of its fields. */
function isEqual(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return left === right;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  const [one, other] = [left, right] as readonly Readonly<Record<string, unknown>>[];
  return names.every((name) => isEqual(one![name], other![name]));
}
