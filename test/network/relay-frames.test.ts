/** Frames that kill, confuse or flood a stock GUN relay. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { hourName } from '../../src/engine/core/ledger/graph-key.js';
import { newSigner } from '../contract/transport-fixture.js';
import { freshId, login, putFrame, stranger, withRelay } from './relay-harness.js';

const CRASH_NAMES = ['toString', 'constructor', 'one', 'length', '__proto__', 'hasOwnProperty', 'valueOf', 'opt', 'mob', 'call', 'apply', 'c', 'd', '', 'en', 'en.ok', 'en.auth'];

test('message names that exist on every object are no messages', () =>
  withRelay(async ({ relay }) => {
    for (const name of CRASH_NAMES) {
      const attacker = await stranger(relay.url);
      attacker.say({ dam: name });
      attacker.say({ dam: name, '#': freshId(), '@': name, opt: { peers: 'http://localhost:1/gun' } });
      attacker.say([{ dam: name, '#': freshId() }, { dam: { toString: name } }, { dam: [name] }]);
      attacker.say({ dam: '?', '#': freshId(), pid: 'alive' });
      await attacker.until(({ dam, '@': ack }) => dam === '?' && ack !== undefined);
      await attacker.leave();
    }
    assert.ok(relay.metrics.get('junk') > CRASH_NAMES.length);
  }));

test('odd ids, souls, keys and shapes are no messages', () =>
  withRelay(async ({ relay, network }) => {
    const soul = `en1/${network.net}/ledger/${hourName(Date.now())}/0`;
    const attacker = await stranger(relay.url);
    const before = relay.metrics.get('junk');
    const odd = [
      { '#': { toString: 'x' }, get: { '#': soul } },
      { '#': ['a'], get: { '#': soul } },
      { '#': freshId(), '@': { toString: 1 }, put: {} },
      { '#': freshId(), get: { '#': '__proto__' } },
      { '#': freshId(), get: { '#': { '*': 'en1/' } } },
      { '#': freshId(), get: { '#': soul, '.': '__proto__' } },
      { '#': freshId(), get: { '#': soul.replace(network.net, 'A'.repeat(43)) } },
      { '#': freshId(), get: null },
      { '#': freshId(), put: { '#': soul, '.': 'k', ':': 1, '>': 1 } },
      { '#': freshId(), put: { [soul]: null } },
      { '#': freshId(), put: { [soul]: { _: { '#': 'other', '>': {} } } } },
      { '#': freshId(), put: 'text' },
      '{"#":"p1","put":{"__proto__":{"_":{"#":"__proto__",">":{"x":1}},"x":"polluted"}}}',
      '{"#":"p2","__proto__":{"put":{}},"constructor":{"prototype":{"x":1}}}',
    ];
    for (const frame of odd) attacker.say(frame);
    attacker.say({ dam: '?', '#': freshId(), pid: 'alive' });
    await attacker.until(({ dam, '@': ack }) => dam === '?' && ack !== undefined);
    assert.equal(relay.metrics.get('junk') - before, odd.length);
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
    await attacker.leave();
  }));

test('malformed, binary, empty and deeply nested frames are no messages', () =>
  withRelay(async ({ relay }) => {
    const attacker = await stranger(relay.url);
    const deep = 20_000;
    for (const frame of ['', '{', '[', 'null', '"text"', '[[[[]]]]', '{"a":', '\u0000', '['.repeat(deep) + ']'.repeat(deep), '{"put":'.repeat(deep) + '1' + '}'.repeat(deep), '[1,2,3]', '{"#":"\\ud800"}']) attacker.say(frame);
    attacker.socket.send(Buffer.from([0xff, 0xfe, 0x00]));
    attacker.say({ dam: '?', '#': freshId(), pid: 'alive' });
    await attacker.until(({ dam, '@': ack }) => dam === '?' && ack !== undefined);
    await attacker.leave();
  }));

test('an oversize frame ends its connection and no other', () =>
  withRelay(async ({ relay }) => {
    const attacker = await stranger(relay.url);
    attacker.say({ dam: 'en', pad: 'x'.repeat(300_000) });
    assert.equal(await attacker.closed, 1009);
  }));

test('the message that makes a stock relay dial a stranger does not', () =>
  withRelay(async ({ relay, honestTraffic }) => {
    let dialled = 0;
    const trap = createServer((socket) => void ((dialled += 1), socket.destroy()));
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    const { port } = trap.address() as AddressInfo;
    const attacker = await stranger(relay.url);
    for (const url of [`http://127.0.0.1:${port}/gun`, `ws://127.0.0.1:${port}/gun`]) {
      attacker.say({ dam: 'opt', '#': freshId(), opt: { peers: url } });
      attacker.say({ dam: 'mob', '#': freshId(), peers: { [url]: 1 } });
    }
    await honestTraffic();
    assert.equal(dialled, 0);
    await attacker.leave();
    await new Promise((resolve) => trap.close(resolve));
  }));

test('a junk flood is cut off, and nobody else is', () =>
  withRelay(async ({ relay }) => {
    const attacker = await stranger(relay.url);
    for (let count = 0; count < 2_000; count += 1) attacker.say(`junk ${count}`);
    assert.equal(await attacker.closed, 4_429);
    const batch = await stranger(relay.url);
    batch.say(Array.from({ length: 900 }, () => ({ dam: 'nothing' })));
    assert.equal(await batch.closed, 4_429);
    const forger = await stranger(relay.url);
    for (let count = 0; count < 500; count += 1) forger.say(putFrame('en1/x', 'y:z', 'forged'));
    assert.equal(await forger.closed, 4_429);
  }));

test('a flood of proper frames is read no faster than the limit', () =>
  withRelay(
    async ({ relay, network, honestTraffic }) => {
      const soul = `en1/${network.net}/ledger/${hourName(Date.now())}/0`;
      const attacker = await stranger(relay.url);
      const flood = 40_000;
      for (let count = 0; count < flood; count += 1) attacker.say({ '#': freshId(), get: { '#': soul } });
      await honestTraffic();
      assert.ok(relay.metrics.get('throttled') > 0);
      assert.ok(relay.metrics.get('frames_in') < flood / 4);
      await attacker.leave();
    },
    { limits: { framesPerSecond: 100, burstSeconds: 2 } },
  ));

test('batch elements are counted singly', () =>
  withRelay(
    async ({ relay }) => {
      const attacker = await stranger(relay.url);
      attacker.say([{ dam: '?', '#': freshId(), pid: 'first' }, ...Array.from({ length: 500 }, () => ({ dam: 'hi' }))]);
      await attacker.until(({ dam, '@': ack }) => dam === '?' && ack !== undefined);
      assert.equal(relay.metrics.get('throttled'), 1);
      await attacker.leave();
    },
    { limits: { framesPerSecond: 50, burstSeconds: 2 } },
  ));

test('a reader that does not read costs the relay a bounded queue', () =>
  withRelay(
    async ({ relay, honestTraffic, join, network }) => {
      const slow = await newSigner();
      const reader = await login(relay.url, network.net, slow);
      reader.socket.pause();
      const sender = await join();
      const attachment = new Uint8Array(15_000);
      while (relay.metrics.get('dropped_slow') === 0) {
        for (let count = 0; count < 50; count += 1) sender.transport.send(slow.id, { t: 'alive', at: 0 }, { attachment });
        await honestTraffic();
      }
      await reader.leave();
    },
    { limits: { queueBytesMax: 100_000, bytesPerSecond: 100_000_000, framesPerSecond: 100_000 } },
  ));

test('one client\'s questions are not passed on to another', () =>
  withRelay(async ({ relay, network, honestTraffic }) => {
    const bystander = await stranger(relay.url);
    const asker = await stranger(relay.url);
    for (let hour = 0; hour < 50; hour += 1) asker.say({ '#': freshId(), get: { '#': `en1/${network.net}/ledger/${hourName(Date.now() - hour * 3_600_000)}/0` } });
    await honestTraffic();
    assert.ok(asker.frames.some((frame) => 'put' in frame));
    assert.deepEqual(bystander.frames.filter((frame) => 'get' in frame || 'put' in frame), []);
    await Promise.all([asker.leave(), bystander.leave()]);
  }));

test('connections are bounded for each address and in all', () =>
  withRelay(
    async ({ relay }) => {
      const [first, second] = [await stranger(relay.url), await stranger(relay.url)];
      assert.equal(await second.closed, 4_503);
      await first.leave();
    },
    { limits: { connectionsPerAddressMax: 3 } },
  ));
