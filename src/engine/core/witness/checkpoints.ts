/** Signed checkpoints (PROTOCOL 2): what all certified records add up to, once every `checkpointMs`. */
import { isId, sha256Id } from '../encoding.js';
import { buildCheckpoint, checkpointEpoch } from '../ledger/checkpoint.js';
import { multiplierPpm } from '../ledger/multiplier.js';
import { integer, isObject, misfit, parseJson, shape } from '../ledger/shape.js';
import type { Signed } from '../record.js';
import { paths } from './paths.js';
import type { Turn } from './state.js';

export const CHECKPOINT_TIMER = 'checkpoint';

const SECONDS_PER_HOUR = 3_600;
const STORED = shape({ hour: integer(0), id: isId, signed: isObject, mPpm: integer(0) });

export type CheckpointContinuation = { readonly how: 'checkpoint'; readonly hour: number; readonly mPpm: number };

export function startCheckpoints(turn: Turn): void {
  const { checkpointMs } = turn.witness.options.network.parameters;
  turn.emit({ do: 'timer', name: CHECKPOINT_TIMER, delayMs: checkpointMs - (turn.now % checkpointMs) });
}

/** On `CHECKPOINT_TIMER`. While logged records are missing there is nothing true to sign. */
export function signCheckpoint(turn: Turn): void {
  const { witness, now } = turn;
  const { network } = witness.options;
  startCheckpoints(turn);
  if (witness.missing.size > 0 || witness.halted) return;
  const hour = Math.floor(now / network.parameters.checkpointMs);
  const checkpoint = buildCheckpoint(witness.ledger, {
    net: network.net, hour, prev: witness.checkpoint?.id ?? '', mPpm: witness.mPpm, cap: 0, epoch: checkpointEpoch(hour, network.parameters),
  });
  const mPpm = multiplierPpm(Math.floor(checkpoint.fuel / SECONDS_PER_HOUR));
  turn.emit({ do: 'sign', body: JSON.stringify(checkpoint), as: { how: 'checkpoint', hour, mPpm } satisfies CheckpointContinuation });
}

export function onCheckpointSigned(turn: Turn, { hour, mPpm }: CheckpointContinuation, signed: Signed): void {
  const { witness } = turn;
  witness.checkpoint = { hour, id: sha256Id(signed.b), signed, mPpm };
  // In force is what the checkpoint before the last one says, so that nobody meets two values at once.
  witness.mPpm = witness.nextMPpm;
  witness.nextMPpm = mPpm;
  turn.emit({ do: 'save', area: 'store', writes: [[paths.checkpoint, JSON.stringify(witness.checkpoint)]], then: [{ do: 'publish', value: { topic: 'checkpoint', signed } }] });
}

/** A damaged one is left out: the next is drawn up from the records, and only begins a new chain. */
export function restoreCheckpoint({ witness }: Turn, text: string): void {
  const stored = parseJson(text);
  if (misfit(stored, STORED) !== undefined) return;
  witness.checkpoint = stored as NonNullable<typeof witness.checkpoint>;
  witness.mPpm = witness.nextMPpm = witness.checkpoint.mPpm;
}
