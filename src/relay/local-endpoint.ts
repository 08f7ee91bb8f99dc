/** A Transport for somebody inside the relay's process: the witness. Its key needs no proof here. */
import type { WantsAttachment } from '../engine/core/attachment.js';
import { fromBase64url, sha256Id, toBase64url } from '../engine/core/encoding.js';
import type { Id, NodeId } from '../engine/core/record.js';
import type { Transport, TransportHandler } from '../engine/ports/transport.js';
import { createFairQueue } from '../engine/adapters/transport/fair-queue.js';
import { INLINE_BYTES_MAX, MESSAGE_LENGTH_MAX } from '../engine/adapters/transport/frame.js';
import { readMessage } from '../engine/adapters/transport/message-text.js';
import type { BlobStore } from './blobs.js';
import type { GraphFeed } from './graph-feed.js';
import type { Hub, RoutedFrame } from './hub.js';

/** Blobs held in memory at once; one a sender, so that nobody's stand before the others'. */
const READS = { runningMax: 4, runningPerOwnerMax: 1, waitingMax: 512, waitingPerOwnerMax: 64 };

export interface LocalContext {
  readonly hub: Hub;
  readonly feed: GraphFeed;
  readonly blobs: BlobStore;
  readonly wantsAttachment: WantsAttachment;
  newId(): string;
}

export function createLocalEndpoint(node: NodeId, { hub, feed, blobs, wantsAttachment, newId }: LocalContext): Transport {
  const reads = createFairQueue(READS);
  let handler: TransportHandler | undefined;
  const undo: (() => void)[] = [];

  async function receive({ from, body, inline, blob }: RoutedFrame): Promise<void> {
    const message = readMessage(body);
    if (!message) return;
    if (inline === undefined && !blob) return handler?.message(from, message);
    if (!wantsAttachment(from, message)) return;
    const attachment = inline !== undefined ? fromBase64url(inline) : await reads.run(from, () => readBlob(blob!.hash));
    if (attachment) handler?.message(from, message, attachment);
  }

  async function readBlob(hash: Id): Promise<Uint8Array | undefined> {
    return handler && blobs.read(hash).catch(() => undefined);
  }

  async function deliver(to: NodeId, body: string, attachment: Uint8Array | undefined): Promise<void> {
    const frame = { id: newId(), from: node, body };
    if (!attachment) return hub.route(to, frame);
    if (attachment.length <= INLINE_BYTES_MAX) return hub.route(to, { ...frame, inline: toBase64url(attachment) });
    const hash = sha256Id(attachment);
    if (!(await blobs.putBytes(hash, attachment))) hub.route(to, { ...frame, blob: { hash, size: attachment.length } });
  }

  return {
    open(next) {
      handler = next;
      undo.push(
        hub.enter(node, { deliver: (frame) => void receive(frame) }),
        hub.onGone((gone) => handler?.gone(gone)),
        feed.listen((value) => handler?.graph(value)),
      );
      queueMicrotask(() => handler?.linkUp('direct'));
    },
    send(to, message, { attachment } = {}) {
      const body = JSON.stringify(message);
      if (handler && body.length <= MESSAGE_LENGTH_MAX) void deliver(to, body, attachment);
    },
    publish(value) {
      if (handler) feed.publish(value);
    },
    async close() {
      handler = undefined;
      for (const step of undo.splice(0)) step();
    },
  };
}
