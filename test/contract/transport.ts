/**
 * The Transport contract, for the GUN adapter in both link modes, for the relay's local endpoints and for the
 * simulator's double. It promises little on purpose: what arrives is genuine and whole; whether, when, how often and
 * in which order it arrives is nobody's promise, so the suite repeats what it sends until it is there.
 */
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { Message } from '../../src/engine/core/message.js';
import type { NodeId } from '../../src/engine/core/record.js';
import type { GraphValue, LinkMode, Transport } from '../../src/engine/ports/transport.js';
import { Recorder, valueId } from './transport-recorder.js';
import type { Runner } from './runner.js';

export interface TransportPeer {
  readonly id: NodeId;
  readonly transport: Transport;
}

export interface TransportWorld {
  readonly mode: LinkMode;
  /** A node that was not there before; not yet opened. */
  peer(): Promise<TransportPeer>;
  /** May publish. */
  readonly witness: TransportPeer;
  values(): Promise<GraphValue[]>;
  /** Waits until `isTrue` becomes true for `recorder`; `repeat` is called now and then meanwhile. */
  until(recorder: Recorder, isTrue: () => boolean, repeat?: () => void): Promise<void>;
  /** Breaks every link once; they come back by themselves. */
  cut(): Promise<void>;
  /** Writes junk over a published value and beside it, as far as this world lets anybody. */
  vandalise(value: GraphValue): Promise<void>;
  dispose(): Promise<void>;
}

const SIZES = [0, 1, 1_000, 16 << 10, (16 << 10) + 1, 300_000, 2_000_000];

const cancel = (name: string): Message => ({ t: 'cancel', escrow: sha256Id(name) });

function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 2_654_435_761) >>> 24);
}

export function transportContract(name: string, open: () => Promise<TransportWorld>, { test, equal }: Runner): void {
  const on = (title: string, body: (world: TransportWorld, join: () => Promise<TransportPeer & { inbox: Recorder }>) => Promise<void>): void =>
    test(`${name}: ${title}`, async () => {
      const world = await open();
      const joined: Transport[] = [];
      const join = async (known?: TransportPeer): Promise<TransportPeer & { inbox: Recorder }> => {
        const peer = known ?? (await world.peer());
        const inbox = new Recorder();
        joined.push(peer.transport);
        peer.transport.open(inbox);
        await world.until(inbox, () => inbox.ups.length > 0);
        return { ...peer, inbox };
      };
      try {
        await body(world, join);
      } finally {
        await Promise.all(joined.map((transport) => transport.close()));
        await world.dispose();
      }
    });

  on('comes up in its mode and carries messages with their sender', async (world, join) => {
    const [alice, bob] = await Promise.all([join(), join()]);
    equal([alice.inbox.ups, bob.inbox.ups], [[world.mode], [world.mode]]);
    const message: Message = { t: 'reject', p: { b: 'quotes " and \\ and \u{1f980} and \u0000', s: '' } };
    await world.until(bob.inbox, () => bob.inbox.messages.length > 0, () => alice.transport.send(bob.id, message));
    equal(bob.inbox.messages[0], { from: alice.id, message, attachment: undefined });
    await world.until(alice.inbox, () => alice.inbox.messages.length > 0, () => bob.transport.send(alice.id, cancel('back')));
    equal(alice.inbox.messages[0]?.from, bob.id);
  });

  on('carries long messages', async (world, join) => {
    const [alice, bob] = await Promise.all([join(), join()]);
    const message: Message = { t: 'want', ids: Array.from({ length: 3_000 }, (_, index) => sha256Id(`${index}`)) };
    await world.until(bob.inbox, () => bob.inbox.messages.length > 0, () => alice.transport.send(bob.id, message));
    equal(bob.inbox.messages[0]?.message, message);
  });

  on('carries attachments of every size unchanged', async (world, join) => {
    const [alice, bob] = await Promise.all([join(), join()]);
    for (const size of SIZES) {
      const [message, attachment] = [cancel(`size ${size}`), bytesOf(size)];
      const found = (): Uint8Array | undefined => bob.inbox.messages.find((received) => JSON.stringify(received.message) === JSON.stringify(message))?.attachment;
      await world.until(bob.inbox, () => found() !== undefined, () => alice.transport.send(bob.id, message, { attachment }));
      equal(found()!.length, size);
      equal(sha256Id(found()!), sha256Id(attachment));
    }
  });

  on('keeps quiet about messages to nobody', async (world, join) => {
    const [alice, bob] = await Promise.all([join(), join()]);
    const nobody = (await world.peer()).id;
    alice.transport.send(nobody, cancel('lost'), { attachment: bytesOf(100) });
    await world.until(bob.inbox, () => bob.inbox.messages.length > 0, () => alice.transport.send(bob.id, cancel('found')));
    equal(bob.inbox.messages.every(({ message }) => JSON.stringify(message) === JSON.stringify(cancel('found'))), true);
  });

  on('brings every published value to all, also to those who come late, whatever vandals write', async (world, join) => {
    const witness = await (join as (known?: TransportPeer) => ReturnType<typeof join>)(world.witness);
    const early = await join();
    const values = await world.values();
    const all = (inbox: Recorder): boolean => values.every((value) => inbox.has(value));
    const publish = (): void => values.forEach((value) => witness.transport.publish(value));
    await world.until(early.inbox, () => all(early.inbox), publish);
    await world.vandalise(values[0]!);
    const late = await join();
    await world.until(late.inbox, () => all(late.inbox), publish);
    const genuine = new Set(values.map(valueId));
    for (const inbox of [early.inbox, late.inbox]) equal(inbox.values.every((value) => genuine.has(valueId(value))), true);
  });

  on('tells of a broken link and mends it by itself', async (world, join) => {
    const [alice, bob] = await Promise.all([join(), join()]);
    await world.cut();
    await world.until(alice.inbox, () => alice.inbox.downs.length > 0 && alice.inbox.ups.length > 1);
    equal(alice.inbox.downs[0]?.startsWith('relay-unreachable: '), true);
    await world.until(bob.inbox, () => bob.inbox.messages.length > 0, () => alice.transport.send(bob.id, cancel('again')));
    equal(bob.inbox.messages[0]?.from, alice.id);
  });

  on('is silent when not open: nothing throws, nothing arrives', async (world, join) => {
    const [alice, bob, idle] = await Promise.all([join(), join(), world.peer()]);
    idle.transport.send(bob.id, cancel('too early'));
    idle.transport.publish((await world.values())[0]!);
    await bob.transport.close();
    await bob.transport.close();
    const before = bob.inbox.messages.length;
    alice.transport.send(bob.id, cancel('too late'), { attachment: bytesOf(10) });
    bob.transport.send(alice.id, cancel('from the grave'));
    const carol = await join();
    await world.until(carol.inbox, () => carol.inbox.messages.length > 0, () => alice.transport.send(carol.id, cancel('witnessed')));
    equal(bob.inbox.messages.length, before);
    equal(alice.inbox.messages.length, 0);
    await idle.transport.close();
  });
}
