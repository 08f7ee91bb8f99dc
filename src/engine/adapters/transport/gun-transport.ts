/**
 * The Transport port over GUN, in a page, a worker or Node.
 *
 * All relays named are dialled; what is sent goes over every link that is up and is delivered once.
 * Nothing is queued: a message sent while no link is up is dropped, and so is what a relay loses. The
 * core repeats what matters. Attachments are carried, never looked into.
 */
import { attachmentsFor, type WantsAttachment } from '../../core/attachment.js';
import { fromBase64url, sha256Id, toBase64url } from '../../core/encoding.js';
import type { Message } from '../../core/message.js';
import type { Network } from '../../core/network.js';
import type { Id, NodeId } from '../../core/record.js';
import type { Guard } from '../../guard.js';
import type { Clock, Random } from '../../ports/clock.js';
import type { Signer } from '../../ports/signer.js';
import type { LinkMode, SendOptions, Transport, TransportHandler } from '../../ports/transport.js';
import type { BlobClient } from './blob-client.js';
import { createBlobClient } from './blob-client.js';
import type { BlobTicket } from './blob-ticket.js';
import { readTicket } from './blob-ticket.js';
import type { DirectFrame, Entry, Frame } from './frame.js';
import { createFairQueue } from './fair-queue.js';
import { directText, INLINE_BYTES_MAX, MESSAGE_LENGTH_MAX } from './frame.js';
import type { GraphPeer } from './gun.js';
import { createGraph, putMessage } from './gun.js';
import type { Link } from './link.js';
import { openLink } from './link.js';
import { createMailbox, tombstones } from './mailbox.js';
import { readMessage } from './message-text.js';
import { SeenSet } from '../../seen-set.js';
import { liveHours, mailSoul, nextRollMs, soulHour } from './soul.js';

const SEEN_MAX = 20_000;
/** Values being verified at once; what comes on top is left to reconciliation. */
const CHECKS_MAX = 4_000;
const DOWNLOADS = { runningMax: 16, runningPerOwnerMax: 16, waitingMax: 512, waitingPerOwnerMax: 512 };
/** A witness beside a relay: what many strangers want it to read. */
const DOWNLOADS_OF_WITNESS = { ...DOWNLOADS, runningPerOwnerMax: 1, waitingPerOwnerMax: 64 };
/** A ciphertext is a little longer than what it hides. */
const CIPHER_OVERHEAD = 1 << 10;

export interface GunTransportOptions {
  /** `wss://host/gun`, one or several. */
  readonly relays: readonly string[];
  readonly network: Network;
  readonly signer: Signer;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly random: Random;
  /** Frames that name an attachment where none belongs are dropped unread. Default: what `attachmentsFor` says of this node. */
  readonly wantsAttachment?: WantsAttachment;
  /** Node before 22 has none: pass that of `ws`. */
  readonly WebSocket?: typeof globalThis.WebSocket;
  readonly fetch?: typeof globalThis.fetch;
}

interface Joined {
  readonly link: Link;
  peer?: GraphPeer;
}

export function createGunTransport(options: GunTransportOptions): Transport {
  const { network, signer, guard, clock, random } = options;
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  const bytesMax = Math.max(network.parameters.payloadBytesMax, network.parameters.resultBytesMax, network.parameters.shardBytesMax) + CIPHER_OVERHEAD;
  const graph = createGraph({ role: 'leaf' });
  const blobs: BlobClient = createBlobClient(fetch);
  const downloads = createFairQueue(network.witnesses.some(({ node }) => node === signer.id) ? DOWNLOADS_OF_WITNESS : DOWNLOADS);
  const wantsAttachment = options.wantsAttachment ?? attachmentsFor(network, signer.id);
  const joined = new Map<string, Joined>();
  const heard = new SeenSet(SEEN_MAX);
  const told = new SeenSet(SEEN_MAX);
  let handler: TransportHandler | undefined;
  let mode: LinkMode | undefined;
  let checks = 0;
  let stopRoll = (): void => {};

  const newId = (): string => toBase64url(random.bytes(12));
  const linksIn = (wanted: LinkMode): Link[] => [...joined.values()].map(({ link }) => link).filter((link) => link.mode === wanted);
  const isInbox = (soul: string): boolean => soul.startsWith(`en1/${network.net}/mail/`) && soul.endsWith(`/${signer.id}`);

  const mailbox = createMailbox({
    net: network.net, signer, clock, random, bytesMax: bytesMax + MESSAGE_LENGTH_MAX,
    erase(soul, keys) {
      for (const link of linksIn('mailbox')) link.send(tombstones(soul, keys, newId()));
    },
  });

  // Links

  function reportMode(): void {
    const next = linksIn('direct').length ? 'direct' : linksIn('mailbox').length ? 'mailbox' : undefined;
    if (next && next !== mode) handler?.linkUp(next);
    mode = next;
  }

  function join(url: string): void {
    const link = openLink({ url, net: network.net, signer, clock, random, WebSocket: options.WebSocket ?? globalThis.WebSocket }, {
      up() {
        const entry = joined.get(url);
        if (!entry) return;
        entry.peer ??= graph.join((text) => link.send(text));
        subscribe(link, liveHours(clock.now()));
        reportMode();
      },
      down(code, message) {
        const entry = joined.get(url);
        entry?.peer?.leave();
        if (entry) delete entry.peer;
        reportMode();
        if (!mode) handler?.linkDown(code, message);
      },
      frame: (frame) => hear(url, frame),
    });
    joined.set(url, { link });
  }

  function subscribe(link: Link, hours: readonly string[]): void {
    for (const hour of hours) {
      for (const soul of guard.souls(hour)) link.send(JSON.stringify({ '#': newId(), get: { '#': soul } }));
      if (link.mode === 'mailbox') link.send(JSON.stringify({ '#': newId(), get: { '#': mailSoul(network.net, hour, signer.id) } }));
    }
  }

  /** Follows the new hour's souls and forgets those that are over. */
  function roll(): void {
    const now = clock.now();
    stopRoll = clock.after(nextRollMs(now) + 1, roll);
    const hours = liveHours(now);
    for (const { link } of joined.values()) if (link.mode) subscribe(link, hours);
    for (const soul of graph.souls()) if (!hours.includes(soulHour(soul))) graph.drop(soul);
  }

  // Receiving

  function hear(url: string, frame: Frame): void {
    switch (frame.kind) {
      case 'direct':
        return void receive(url, frame);
      case 'put':
        return void receivePut(url, frame.id, frame.entries, frame.ack);
      case 'get':
      case 'hello':
        joined.get(url)?.peer?.hear(frame);
    }
  }

  async function receive(url: string, { id, from, body, inline, blob }: DirectFrame): Promise<void> {
    const message = readMessage(body);
    if (!from || !message || !heard.add(`${from} ${id}`)) return;
    if (inline === undefined && !blob) return handler?.message(from, message);
    if (!wantsAttachment(from, message)) return;
    const attachment = inline !== undefined ? fromBase64url(inline) : await downloads.run(from, () => download(url, blob!));
    if (attachment) handler?.message(from, message, attachment);
  }

  async function download(url: string, { hash, size }: { hash: Id; size: number }): Promise<Uint8Array | undefined> {
    return handler && size <= bytesMax ? blobs.get(url, hash, size) : undefined;
  }

  async function receivePut(url: string, id: string, entries: readonly Entry[], ack: string | undefined): Promise<void> {
    const kept: Entry[] = [];
    await Promise.all(entries.map(async (entry) => {
      if (checks >= CHECKS_MAX) return;
      checks += 1;
      try {
        if (isInbox(entry.soul)) {
          const mail = await mailbox.read(entry);
          if (mail) handler?.message(mail.from, mail.message, mail.attachment);
        } else if (graph.value(entry.soul, entry.key) !== entry.text && (await receiveValue(entry))) kept.push(entry);
      } finally {
        checks -= 1;
      }
    }));
    if (kept.length) joined.get(url)?.peer?.hear({ kind: 'put', id, entries: kept, junk: 0, ...(ack !== undefined && { ack }) });
  }

  async function receiveValue({ soul, key, text }: Entry): Promise<boolean> {
    const value = await guard.check(soul, key, text);
    if ('fault' in value) return false;
    if (told.add(sha256Id(text))) handler?.graph(value);
    return true;
  }

  // Sending

  async function sendDirect(link: Link, to: NodeId, id: string, body: string, { attachment, ticket }: SendOptions): Promise<void> {
    if (!attachment || attachment.length <= INLINE_BYTES_MAX) {
      return link.send(directText({ id, to, body, ...(attachment && { inline: toBase64url(attachment) }) }));
    }
    const [hash, size] = [sha256Id(attachment), attachment.length];
    const isFitting = ticket && readTicket(ticket)?.hash === hash;
    if (await blobs.put(link.url, hash, attachment, isFitting ? ticket : await ownTicket(hash, size))) {
      link.send(directText({ id, to, body, blob: { hash, size } }));
    }
  }

  async function ownTicket(hash: Id, size: number): Promise<{ b: string; s: string }> {
    const ticket: BlobTicket = { kind: 'blob', net: network.net, node: signer.id, hash, size };
    const b = JSON.stringify(ticket);
    return { b, s: await signer.sign(b) };
  }

  async function sendMail(links: readonly Link[], to: NodeId, message: Message, attachment?: Uint8Array): Promise<void> {
    for (const entries of await mailbox.write(to, message, attachment)) {
      const text = JSON.stringify(putMessage(entries, newId()));
      for (const link of links) link.send(text);
    }
  }

  return {
    open(next) {
      handler = next;
      stopRoll = clock.after(nextRollMs(clock.now()) + 1, roll);
      for (const url of new Set(options.relays)) join(url);
    },

    send(to, message, sendOptions = {}) {
      if ((sendOptions.attachment?.length ?? 0) > bytesMax) return;
      const body = JSON.stringify(message);
      if (body.length > MESSAGE_LENGTH_MAX) return;
      const id = newId();
      const mailLinks = linksIn('mailbox');
      // Best effort by contract: a signer or store that fails here loses one message, and the core repeats it.
      for (const link of linksIn('direct')) sendDirect(link, to, id, body, sendOptions).catch(() => {});
      if (mailLinks.length) sendMail(mailLinks, to, message, sendOptions.attachment).catch(() => {});
    },

    publish(value) {
      const entry = guard.place(value);
      if (entry) graph.put([entry], newId());
    },

    async close() {
      handler = undefined;
      stopRoll();
      blobs.close();
      const links = [...joined.values()].map(({ link }) => link);
      await Promise.all(links.map((link) => link.close()));
      graph.close();
    },
  };
}
