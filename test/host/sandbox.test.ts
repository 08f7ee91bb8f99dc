import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Contribution, sandboxedKinds } from '../../src/engine/host/contribution.js';
import { nodeConfig } from '../../src/engine/node/config.js';
import { catalogue } from '../../src/kernels/catalogue.js';
import { VirtualTime } from '../contract/virtual-time.js';
import { createSimulatedPool } from '../doubles/pool.js';

test('a node whose sandbox is refused offers its other kinds, and says so once', () => {
  const clock = new VirtualTime();
  const offers: (readonly string[])[] = [];
  const config = nodeConfig({ contribute: true });
  const contribution = new Contribution(createSimulatedPool({ clock, size: 1 }), {
    canHold: () => true,
    clock, cores: 4, config: () => config,
    feed: ({ kinds }) => void offers.push(Object.keys(kinds)),
    changed: () => undefined,
  });
  assert.deepEqual([...sandboxedKinds], ['custom_wasm']);
  assert.deepEqual(offers.at(-1), [...catalogue.keys()]);
  assert.deepEqual([contribution.goWithoutSandbox(), contribution.goWithoutSandbox()], [true, false]);
  assert.deepEqual(offers.at(-1), [...catalogue.keys()].filter((kind) => kind !== 'custom_wasm'));
  contribution.begin();
  assert.ok(!offers.at(-1)!.includes('custom_wasm'), 'nor later');
  contribution.stop();
});
