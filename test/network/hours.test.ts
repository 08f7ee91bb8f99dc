/** The graph's hours: which are live, when that changes, and that a client follows. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { systemRandom } from '../../src/engine/adapters/clock.js';
import { createGunTransport } from '../../src/engine/adapters/transport/gun-transport.js';
import { liveHours, nextRollMs } from '../../src/engine/adapters/transport/soul.js';
import { hourName } from '../../src/engine/core/ledger/graph-key.js';
import { createGuard } from '../../src/engine/guard.js';
import { Allowance } from '../../src/relay/limits.js';
import { newSigner, newTestNetwork } from '../contract/transport-fixture.js';
import { Recorder } from '../contract/transport-recorder.js';
import { VirtualTime } from '../contract/virtual-time.js';
import { newRelay, temporaryFolder } from './gun-world.js';

const HOUR_MS = 3_600_000;

test('this hour and the last are live at any moment, and the answer changes exactly when it is said to', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (now) => {
      const hours = liveHours(now);
      const rollMs = nextRollMs(now);
      assert.ok(hours.includes(hourName(now)) && hours.includes(hourName(now - HOUR_MS)));
      assert.ok(rollMs > 0 && rollMs <= HOUR_MS);
      assert.deepEqual(liveHours(now + rollMs - 1), hours);
      assert.notDeepEqual(liveHours(now + rollMs), hours);
    }),
  );
});

test('a client follows into the next hour', async () => {
  const testNetwork = await newTestNetwork();
  const dir = await temporaryFolder();
  const relay = await newRelay(testNetwork, dir);
  // Half a minute before the next hour becomes live.
  const start = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 49.5 * 60_000;
  const [time, signer, inbox] = [new VirtualTime(start), await newSigner(), new Recorder()];
  const transport = createGunTransport({
    relays: [relay.url], network: testNetwork.network, signer, guard: createGuard(testNetwork.network, signer),
    clock: time, random: systemRandom, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
  });
  transport.open(inbox);
  await inbox.until(() => inbox.ups.length > 0);
  const witness = relay.local(testNetwork.witness.id);
  witness.open(new Recorder());
  const [now, next] = [await testNetwork.grant(signer.id, start), await testNetwork.grant(testNetwork.witness.id, start + HOUR_MS)];
  witness.publish(next);
  witness.publish(now);
  await inbox.until(() => inbox.has(now));
  assert.equal(inbox.has(next), false);
  time.advance(31_000);
  await inbox.until(() => inbox.has(next));
  await transport.close();
  assert.equal(time.pending, 0, 'no timer is left');
  await witness.close();
  await relay.close();
  await rm(dir, { recursive: true });
});

test('an allowance lets through a burst and then the rate, over any history', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5_000), fc.nat(300))), (steps) => {
      const [rate, burst] = [100, 1_000];
      const allowance = new Allowance(rate, burst, 0);
      let [now, taken] = [0, 0];
      for (const [pauseMs, amount] of steps) {
        now += pauseMs;
        now += allowance.take(amount, now);
        taken += amount;
        assert.ok(taken <= burst + (rate * now) / 1_000 + 1e-6);
      }
    }),
  );
});
