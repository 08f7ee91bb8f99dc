import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Message } from '../../src/engine/core/message.js';
import { Bandwidth, counted } from '../../src/engine/host/bandwidth.js';
import type { Transport, TransportHandler } from '../../src/engine/ports/transport.js';
import { VirtualTime } from '../contract/virtual-time.js';

const RATE = 1_000;

test('a limit is overdrawn by what exceeds ten quiet seconds, and opens again in the time it says', () => {
  const clock = new VirtualTime();
  const bandwidth = new Bandwidth(clock, RATE);
  bandwidth.spend(10 * RATE);
  assert.equal(bandwidth.overdrawn, false);
  bandwidth.spend(2 * RATE);
  assert.equal(bandwidth.overdrawn, true);
  assert.equal(bandwidth.reopensInMs, 3_000, 'the debt and a second');
  clock.advance(2_999);
  assert.equal(bandwidth.overdrawn, true);
  clock.advance(1);
  assert.equal(bandwidth.overdrawn, false);
  assert.equal(bandwidth.reopensInMs, 0);
});

test('a limit that is raised pays the debt sooner', () => {
  const clock = new VirtualTime();
  const bandwidth = new Bandwidth(clock, RATE);
  bandwidth.spend(20 * RATE);
  bandwidth.limit(10 * RATE);
  assert.equal(bandwidth.reopensInMs, 2_000);
});

test('whoever takes work only while it is open stays within the limit in the long run', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 20 * RATE }), { minLength: 50, maxLength: 200 }), (sizes) => {
    const clock = new VirtualTime();
    const bandwidth = new Bandwidth(clock, RATE);
    const startedAt = clock.now();
    let spent = 0;
    for (const size of sizes) {
      clock.advance(bandwidth.reopensInMs);
      assert.equal(bandwidth.overdrawn, false);
      bandwidth.spend(size);
      spent += size;
    }
    const seconds = (clock.now() - startedAt) / 1_000;
    assert.ok(spent <= RATE * (seconds + 10) + 20 * RATE, 'the rate, what was saved, and one task');
  }));
});

test('what the tasks of others bring and take is counted, own tasks and the rest are not', () => {
  let handler: TransportHandler | undefined;
  let spent = 0;
  const sent: string[] = [];
  const heard: string[] = [];
  const transport: Transport = { open: (next) => (handler = next), send: (_, { t }) => sent.push(t), publish: () => sent.push('published'), close: async () => undefined };
  const through = counted(transport, (bytes) => (spent += bytes));
  through.open({ linkUp: () => undefined, linkDown: () => undefined, message: (_, { t }) => heard.push(t), graph: () => undefined, gone: () => undefined });
  const message = (t: Message['t']): Message => ({ t }) as Message;
  const attachment = new Uint8Array(5_000);
  const costs = (act: () => void): number => {
    spent = 0;
    act();
    return spent;
  };
  assert.ok(costs(() => handler!.message('a', message('assign'), attachment)) >= 5_000);
  assert.ok(costs(() => through.send('a', message('result'), { attachment })) >= 5_000);
  assert.equal(costs(() => through.send('a', message('escrow'), { attachment })), 0);
  assert.equal(costs(() => handler!.message('a', message('result'), attachment)), 0);
  assert.equal(costs(() => through.send('a', message('beat'))), 0);
  assert.deepEqual([sent, heard], [['result', 'escrow', 'beat'], ['assign', 'result']]);
});
