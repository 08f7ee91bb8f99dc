/** Which messages bring an attachment. A frame may name a blob beside anything, and reading one costs megabytes: asked first. */
import type { Message } from './message.js';
import type { Network } from './network.js';
import type { NodeId } from './record.js';

export type WantsAttachment = (from: NodeId, message: Message) => boolean;

/** A witness reads ciphertexts, results and shards from anybody; everybody else only what a witness sends. */
export function attachmentsFor({ witnesses }: Pick<Network, 'witnesses'>, self: NodeId): WantsAttachment {
  const isWitness = (node: NodeId): boolean => witnesses.some((witness) => witness.node === node);
  if (isWitness(self)) return (_from, { t }) => t === 'escrow' || t === 'result' || t === 'shard';
  return (from, { t }) => isWitness(from) && (t === 'assign' || t === 'result' || t === 'keep' || t === 'shard');
}
