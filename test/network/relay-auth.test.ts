/** Who may speak for a key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { Message } from '../../src/engine/core/message.js';
import { challengeText } from '../../src/engine/adapters/transport/auth.js';
import { directText } from '../../src/engine/adapters/transport/frame.js';
import { newSigner } from '../contract/transport-fixture.js';
import { freshId, login, stranger, withRelay } from './relay-harness.js';

const cancel = (name: string): Message => ({ t: 'cancel', escrow: sha256Id(name) });
const direct = (to: string, name: string, more: object = {}): object => ({ ...(JSON.parse(directText({ id: freshId(), to, body: JSON.stringify(cancel(name)) })) as object), ...more });

test('the sender is who proved its key, whatever the frame claims', () =>
  withRelay(async ({ relay, network, local, join }) => {
    const [bob, mallory] = [await join(), await newSigner()];
    const attacker = await login(relay.url, network.net, mallory);
    attacker.say(direct(bob.id, 'forged', { fr: local.id }));
    await bob.inbox.until(() => bob.inbox.messages.length > 0);
    assert.equal(bob.inbox.messages[0]?.from, mallory.id);
    await attacker.leave();
  }));

test('who has not proved a key sends nothing', () =>
  withRelay(async ({ relay, join, honestTraffic }) => {
    const bob = await join();
    const attacker = await stranger(relay.url);
    const before = relay.metrics.get('junk');
    attacker.say(direct(bob.id, 'anonymous', { fr: bob.id }));
    attacker.say({ dam: '?', '#': freshId(), pid: 'alive' });
    await attacker.until(({ dam, '@': ack }) => dam === '?' && ack !== undefined);
    await honestTraffic();
    assert.equal(relay.metrics.get('junk') - before, 1);
    assert.equal(bob.inbox.messages.length, 0);
    await attacker.leave();
  }));

test('an answer is good for one connection, one network and one purpose', () =>
  withRelay(async ({ relay, network }) => {
    const victim = await newSigner();
    const [first, second] = [await stranger(relay.url), await stranger(relay.url)];
    const answer = { dam: 'en.auth', pub: victim.id, s: await victim.sign(challengeText(network.net, first.nonce)) };
    second.say(answer);
    assert.equal(await second.closed, 4_401);
    first.say(answer);
    await first.until(({ dam }) => dam === 'en.ok');
    const before = relay.metrics.get('junk');
    first.say(answer);
    first.say({ dam: '?', '#': freshId(), pid: 'alive' });
    await first.until(({ dam, '@': ack }) => dam === '?' && ack !== undefined);
    assert.equal(relay.metrics.get('junk') - before, 1, 'a second answer on one connection is junk');
    await first.leave();
    for (const text of [(nonce: string) => challengeText(sha256Id('another network'), nonce), (nonce: string) => nonce, () => challengeText(network.net, 'A'.repeat(43))]) {
      const liar = await stranger(relay.url);
      liar.say({ dam: 'en.auth', pub: victim.id, s: await victim.sign(text(liar.nonce)) });
      assert.equal(await liar.closed, 4_401);
    }
  }));

test('every connection of a key gets its mail, so that a session hears that it was replaced; the key is gone with its last one', () =>
  withRelay(async ({ relay, network, local }) => {
    const node = await newSigner();
    const [older, newer] = [await login(relay.url, network.net, node), await login(relay.url, network.net, node)];
    local.transport.send(node.id, { t: 'superseded', session: 'older' });
    await Promise.all([older, newer].map((connected) => connected.until(({ dam }) => dam === 'en')));
    await newer.leave();
    local.transport.send(node.id, cancel('for the older'));
    await older.until(({ dam, b }) => dam === 'en' && b === JSON.stringify(cancel('for the older')));
    assert.deepEqual(local.inbox.goneNodes.filter((gone) => gone === node.id), []);
    await older.leave();
    await local.inbox.until(() => local.inbox.goneNodes.includes(node.id));
    assert.deepEqual(local.inbox.goneNodes.filter((gone) => gone === node.id), [node.id]);
  }));

test('a key with many connections has its mail multiplied by few', () =>
  withRelay(async ({ relay, network, local }) => {
    const node = await newSigner();
    const connected = await Promise.all(Array.from({ length: 12 }, () => login(relay.url, network.net, node)));
    local.transport.send(node.id, cancel('one'));
    // An answer of its own on every link: what was sent before has arrived before it.
    const answered = connected.map(async (link) => {
      const id = freshId();
      link.say({ dam: '?', '#': id, pid: 'stranger' });
      await link.until(({ '@': ack }) => ack === id);
    });
    await Promise.all(answered);
    assert.equal(connected.filter(({ frames }) => frames.some(({ dam }) => dam === 'en')).length, 4);
    await Promise.all(connected.map((link) => link.leave()));
  }));

test('pages of other origins are told that they are not allowed', () =>
  withRelay(
    async ({ relay }) => {
      const foreign = await stranger(relay.url, { origin: 'https://elsewhere.example' });
      assert.equal(await foreign.closed, 4_403);
      const allowed = await stranger(relay.url, { origin: 'https://site.example' });
      assert.notEqual(allowed.nonce, '');
      await allowed.leave();
    },
    { allowOrigins: ['https://site.example'] },
  ));
