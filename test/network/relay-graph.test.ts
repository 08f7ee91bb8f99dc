/** Vandalism of the graph: whatever is not the witness's and the author's own work never reaches anybody. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256Id } from '../../src/engine/core/encoding.js';
import { hourName } from '../../src/engine/core/ledger/graph-key.js';
import type { Certified } from '../../src/engine/core/record.js';
import { createGuard, type GraphEntry } from '../../src/engine/guard.js';
import type { GraphValue } from '../../src/engine/ports/transport.js';
import { newSigner, newTestNetwork } from '../contract/transport-fixture.js';
import { valueId } from '../contract/transport-recorder.js';
import { freshId, type Harness, putFrame, stranger, withRelay } from './relay-harness.js';

const HOUR_MS = 3_600_000;

/** What the relay's graph holds at a soul, as any GUN peer may ask. */
async function readSoul(url: string, soul: string): Promise<Record<string, unknown>> {
  const reader = await stranger(url);
  const id = freshId();
  reader.say({ '#': id, get: { '#': soul } });
  const reply = await reader.until((frame) => frame['@'] === id && 'put' in frame);
  await reader.leave();
  return (reply['put'] as Record<string, Record<string, unknown>>)[soul]!;
}

/** Sends frames whose refusal is counted, and waits until all of them were judged. */
async function attack({ relay }: Harness, frames: readonly object[]): Promise<void> {
  const before = relay.metrics.get('junk');
  const attacker = await stranger(relay.url);
  for (const frame of frames) attacker.say(frame);
  while (relay.metrics.get('junk') - before < frames.length) await new Promise(setImmediate);
  assert.equal(relay.metrics.get('junk') - before, frames.length);
  await attacker.leave();
}

const record = ({ text }: GraphEntry): Certified => JSON.parse(text) as Certified;

test('other people\'s values are neither overwritten, re-dated, erased, moved nor stolen', () =>
  withRelay(async (harness) => {
    const { network, witness, grant, local, relay, join } = harness;
    const value = await grant(sha256Id('victim'));
    local.transport.publish(value);
    const { soul, key, text } = createGuard(network, witness).place(value)!;
    const changed = text.replace(String(network.parameters.faucet), '1');
    const author = (await newSigner()).id;
    const accepted = relay.metrics.get('accepted_values');
    await attack(harness, [
      putFrame(soul, key, changed, Date.now()),
      putFrame(soul, key, text, Date.now()),
      putFrame(soul, key, text, Date.now() + HOUR_MS),
      putFrame(soul, key, null, Date.now()),
      putFrame(soul, key, null),
      putFrame(soul, key, 7),
      putFrame(soul, key, { '#': 'elsewhere' }),
      putFrame(soul.replace('/ledger/', '/roster/'), key, text),
      putFrame(soul.replace(/\d{10}/, hourName(Date.now() - HOUR_MS)), key, text),
      putFrame(soul.replace(/\d{10}/, hourName(Date.now() + 2 * HOUR_MS)), key, text),
      putFrame(soul.replace(/0$/, '1'), key, text),
      putFrame(soul, `${author}:${key.split(':')[1]}`, text),
      putFrame(soul, `${key.split(':')[0]}:${sha256Id('another')}`, text),
      putFrame(soul, `${author}:${sha256Id('oversize')}`, 'x'.repeat(70_000)),
    ]);
    const node = await readSoul(relay.url, soul);
    assert.equal(node[key], text);
    assert.equal(relay.metrics.get('accepted_values'), accepted);
    const late = await join();
    await late.inbox.until(() => late.inbox.has(value));
    assert.equal(late.inbox.values.filter((other) => JSON.stringify(other).includes('victim')).length, 0);
  }));

test('a second text for a key that has one is ignored, and nobody hears of it', () =>
  withRelay(async ({ relay, network, witness, grant, local, honestTraffic }) => {
    const value = await grant(sha256Id('victim'));
    local.transport.publish(value);
    const { soul, key, text } = createGuard(network, witness).place(value)!;
    const reader = await stranger(relay.url);
    reader.say({ '#': freshId(), get: { '#': soul } });
    await reader.until((frame) => 'put' in frame);
    const heard = reader.frames.length;
    const attacker = await stranger(relay.url);
    attacker.say(putFrame(soul, key, `${text} `));
    attacker.say(putFrame(soul, key, text));
    attacker.say({ '#': freshId(), get: { '#': soul } });
    await attacker.until((frame) => 'put' in frame);
    await honestTraffic();
    assert.equal(JSON.stringify(reader.frames.slice(heard)).includes(key), false);
    await Promise.all([reader.leave(), attacker.leave()]);
  }));

test('forged records are refused: no certificate, another\'s, one\'s own, an altered one', () =>
  withRelay(async (harness) => {
    const { network, witness, grant, open } = harness;
    const mallory = await newSigner();
    const guard = createGuard(network, witness);
    const [own, other] = [guard.place(await open(mallory))!, guard.place(await grant(mallory.id))!];
    const genuine = record(own);
    const stranger = await newTestNetwork();
    const forged = (change: object): object => putFrame(own.soul, own.key, JSON.stringify({ ...genuine, ...change }));
    const accepted = harness.relay.metrics.get('accepted_values');
    await attack(harness, [
      putFrame(own.soul, own.key, JSON.stringify({ b: genuine.b, s: genuine.s })),
      forged({ c: record(other).c }),
      forged({ c: { ...genuine.c, sigs: [] } }),
      forged({ c: { ...genuine.c, sigs: [{ by: mallory.id, s: await mallory.sign(genuine.c.root) }] } }),
      forged({ c: { ...genuine.c, sigs: [{ by: witness.id, s: await mallory.sign(genuine.c.root) }] } }),
      forged({ s: await mallory.sign('something else') }),
      forged({ extra: true }),
      putFrame(own.soul, own.key, ` ${own.text}`),
      putFrame(own.soul, own.key, 'null'),
      putFrame(own.soul, own.key, '"text"'),
      putFrame(own.soul, own.key, '{'),
      putFrame(own.soul, own.key, `${'['.repeat(30_000)}${']'.repeat(30_000)}`),
    ]);
    const foreign = createGuard(stranger.network, witness).place(await stranger.grant(mallory.id))!;
    await attack(harness, [putFrame(foreign.soul, foreign.key, foreign.text), putFrame(foreign.soul.replace(stranger.network.net, network.net), foreign.key, foreign.text)]);
    assert.equal(harness.relay.metrics.get('accepted_values'), accepted);
  }));

test('anybody may bring a genuine value back, and it reaches everybody once', () =>
  withRelay(async ({ relay, network, witness, grant, header, local, join }) => {
    const values: GraphValue[] = [await grant(sha256Id('lost')), await header(1)];
    const reader = await join();
    const bearer = await stranger(relay.url);
    for (const value of values) {
      const { soul, key, text } = createGuard(network, witness).place(value)!;
      for (let count = 0; count < 3; count += 1) bearer.say(putFrame(soul, key, text));
    }
    for (const inbox of [reader.inbox, local.inbox]) {
      await inbox.until(() => values.every((value) => inbox.has(value)));
    }
    assert.deepEqual(values.map((value) => reader.inbox.values.filter((other) => valueId(other) === valueId(value)).length), [1, 1]);
    await bearer.leave();
  }));
