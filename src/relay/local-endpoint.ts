/** A Transport for somebody inside the relay's process: the witness. Its key needs no proof here. */
import { fromBase64url, sha256Id, toBase64url } from '../engine/core/encoding.js';
import type { NodeId } from '../engine/core/record.js';
import type { Transport, TransportHandler } from '../engine/ports/transport.js';
import { INLINE_BYTES_MAX, MESSAGE_LENGTH_MAX } from '../engine/adapters/transport/frame.js';
import { readMessage } from '../engine/adapters/transport/message-text.js';
import type { BlobStore } from './blobs.js';
import type { GraphFeed } from './graph-feed.js';
import type { Hub, RoutedFrame } from './hub.js';

export interface LocalContext {
  readonly hub: Hub;
  readonly feed: GraphFeed;
  readonly blobs: BlobStore;
  newId(): string;
}

export function createLocalEndpoint(node: NodeId, { hub, feed, blobs, newId }: LocalContext): Transport {
  let handler: TransportHandler | undefined;
  const undo: (() => void)[] = [];

  async function receive({ from, body, inline, blob }: RoutedFrame): Promise<void> {
    const message = readMessage(body);
    if (!message) return;
    const attachment = inline !== undefined ? fromBase64url(inline) : blob && (await blobs.read(blob.hash).catch(() => undefined));
    if ((inline !== undefined || blob) && !attachment) return;
    handler?.message(from, message, attachment);
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
