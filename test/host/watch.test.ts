import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../../src/engine/core/message.js';
import { EdgeNetError } from '../../src/engine/error.js';
import { Level } from '../../src/engine/host/level.js';
import { Watch } from '../../src/engine/host/watch.js';
import type { TransportHandler } from '../../src/engine/ports/transport.js';
import { VirtualTime } from '../contract/virtual-time.js';
import { alice, network, witness } from '../core/ledger-fixture.js';

test('a watch looks at once, at every change, and until its time is over; then it looks no more', async () => {
  const clock = new VirtualTime();
  const watch = new Watch(clock);
  let [value, looks]: [number | undefined, number] = [undefined, 0];
  const find = (): number | undefined => ((looks += 1), value);
  const found = watch.until(find, clock.now() + 100);
  const late = watch.until(() => undefined, clock.now() + 100);
  watch.changed();
  value = 7;
  watch.changed();
  assert.deepEqual([await found, looks], [7, 3]);
  watch.changed();
  assert.equal(looks, 3);
  clock.advance(100);
  assert.equal(await late, undefined);
  assert.equal(clock.pending, 0);
});

test('a watch ends with its signal, and with what it looks at', async () => {
  const clock = new VirtualTime();
  const watch = new Watch(clock);
  const controller = new AbortController();
  const ends = [watch.until(() => undefined, Infinity, controller.signal), watch.pause(1_000, controller.signal), watch.until(() => undefined, Infinity, AbortSignal.abort())];
  controller.abort();
  for (const end of ends) await assert.rejects(end, (error) => error instanceof EdgeNetError && error.code === 'aborted');
  await assert.rejects(watch.until(() => { throw new Error('broken'); }, Infinity), /broken/u);
  assert.equal(clock.pending, 0);
});

test('a replica is level once it has as many records as a witness had when it said welcome; nobody else\'s welcome counts', () => {
  const level = new Level();
  let handler: TransportHandler | undefined;
  const heard: string[] = [];
  const transport = level.watched({ open: (given) => (handler = given), send: () => undefined, publish: () => undefined, close: async () => undefined }, network.witnesses);
  transport.open({ linkUp: () => undefined, linkDown: () => undefined, message: (from: string) => heard.push(from), graph: () => undefined, gone: () => undefined } as unknown as TransportHandler);
  const welcome = (...counts: number[]): Message => ({ t: 'welcome', digest: counts.map((count, bucket) => ({ bucket, span: 1, count, hash: '' })) }) as unknown as Message;
  handler!.message(alice, welcome(1_000));
  assert.equal(level.isReached({ count: 0 }), true);
  handler!.message(witness, welcome(3, 4));
  assert.deepEqual([6, 7, 8].map((count) => level.isReached({ count })), [false, true, true]);
  assert.deepEqual(heard, [alice, witness]);
});
