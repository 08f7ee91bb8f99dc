import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Contribution } from '../../src/engine/host/contribution.js';
import { nodeConfig } from '../../src/engine/node/config.js';
import { catalogue } from '../../src/kernels/catalogue.js';
import { VirtualTime } from '../contract/virtual-time.js';
import { createSimulatedPool } from '../doubles/pool.js';

test('insertions are offered while there is room for shards, and everything else in any case', () => {
  const clock = new VirtualTime();
  const config = nodeConfig({ contribute: true });
  const offers: (readonly string[])[] = [];
  let room = false;
  const contribution = new Contribution(createSimulatedPool({ clock, size: 1 }), {
    clock, cores: 4, config: () => config, canHold: () => room,
    feed: ({ kinds }) => void offers.push(Object.keys(kinds)),
    changed: () => undefined,
  });
  const rest = [...catalogue.keys()].filter((kind) => kind !== 'vector_insert');
  assert.deepEqual(offers, [rest]);
  room = true;
  contribution.replan();
  assert.deepEqual(offers.slice(1), [[...catalogue.keys()]]);
  room = false;
  contribution.replan();
  assert.deepEqual(offers.slice(2), [rest]);
  contribution.stop();
});
