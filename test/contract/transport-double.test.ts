import { test } from 'node:test';
import assert from 'node:assert/strict';
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { LinkMode } from '../../src/engine/ports/transport.js';
import { CALM, createSimulatedNetwork, type NetworkFaults, ROUGH, type SimulatedNetwork } from '../doubles/transport.js';
import { nodeRunner } from './node-runner.js';
import { transportContract, type TransportWorld } from './transport.js';
import { newTestNetwork } from './transport-fixture.js';
import { Recorder } from './transport-recorder.js';
import { VirtualTime } from './virtual-time.js';

const REPEAT_MS = 1_000;

async function simulatedWorld(mode: LinkMode, faults: NetworkFaults, seed: number): Promise<TransportWorld> {
  const time = new VirtualTime();
  const simulated = createSimulatedNetwork({ clock: time, seed, mode, faults });
  const { grant, header, witness } = await newTestNetwork();
  const values = [await grant(sha256Id('alice')), await grant(sha256Id('bob')), await header()];
  const ids: string[] = [];
  return {
    mode,
    witness: { id: witness.id, transport: simulated.transport(witness.id, { inside: true }) },
    async peer() {
      const id = sha256Id(`node ${ids.length}`);
      ids.push(id);
      return { id, transport: simulated.transport(id) };
    },
    values: async () => values,
    async until(_recorder, isTrue, repeat) {
      for (let round = 0; round < 100 && !isTrue(); round += 1) {
        repeat?.();
        for (const end = time.now() + REPEAT_MS; !isTrue() && time.now() < end; ) time.advance(1);
      }
      assert.ok(isTrue(), 'not within a hundred seconds of virtual time');
    },
    cut: async () => ids.forEach((id) => simulated.cut(id)),
    vandalise: async () => {},
    dispose: async () => {},
  };
}

transportContract('double, direct', () => simulatedWorld('direct', CALM, 1), nodeRunner);
transportContract('double, direct and rough', () => simulatedWorld('direct', ROUGH, 2), nodeRunner);
transportContract('double, mailbox and rough', () => simulatedWorld('mailbox', ROUGH, 3), nodeRunner);

interface Story {
  readonly time: VirtualTime;
  readonly network: SimulatedNetwork;
  readonly hub: Recorder;
  readonly node: Recorder;
}

function start(seed: number, faults: NetworkFaults = CALM): Story {
  const time = new VirtualTime();
  const network = createSimulatedNetwork({ clock: time, seed, faults });
  const [hub, node] = [new Recorder(), new Recorder()];
  network.transport('hub', { inside: true }).open(hub);
  network.transport('node').open(node);
  time.advance(100);
  return { time, network, hub, node };
}

test('double: the witness inside learns who is gone, once, by crash, close and broken link', async () => {
  const { time, network, hub, node } = start(4);
  network.crash('node');
  time.advance(100);
  assert.deepEqual(hub.goneNodes, ['node']);
  const second = network.transport('node');
  second.open(node);
  time.advance(100);
  await second.close();
  assert.deepEqual(hub.goneNodes, ['node', 'node']);
});

test('double: what was on its way to a crashed node never reaches its successor', () => {
  const { time, network, node } = start(5);
  const sender = network.transport('sender');
  sender.open(new Recorder());
  time.advance(100);
  sender.send('node', { t: 'alive', at: 0 });
  network.crash('node');
  const successor = new Recorder();
  network.transport('node').open(successor);
  time.advance(10_000);
  assert.deepEqual([node.messages.length, successor.messages.length], [0, 0]);
});

test('double: a blackout loses everything and tells nobody', () => {
  const { time, network, hub, node } = start(6);
  const sender = network.transport('sender');
  sender.open(new Recorder());
  time.advance(100);
  network.blackout(['node']);
  for (let round = 0; round < 20; round += 1) sender.send('node', { t: 'alive', at: 0 });
  time.advance(1_000);
  assert.deepEqual([node.messages.length, node.downs.length, hub.goneNodes.length], [0, 0, 0]);
  network.heal();
  sender.send('node', { t: 'alive', at: 0 });
  time.advance(1_000);
  assert.equal(node.messages.length, 1);
});

test('double: one seed, one history; another seed, another', () => {
  const history = (seed: number): string => {
    const { time, network, node } = start(seed, ROUGH);
    const sender = network.transport('sender');
    sender.open(new Recorder());
    time.advance(1_000);
    for (let round = 0; round < 200; round += 1) sender.send('node', { t: 'cancel', escrow: `${round}` });
    time.advance(2_000);
    assert.ok(network.counts.lost > 0 && network.counts.delivered > 150);
    return JSON.stringify(node.messages);
  };
  assert.equal(history(7), history(7));
  assert.notEqual(history(7), history(8));
});
