import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idOf, key, network } from './ledger-fixture.js';
import { Peer, recordOf, request } from './peer-fixture.js';

const REFUSED = { code: 'bad-input', message: 'The record has a bad "site".' } as const;

test('an opening that is refused fails what waits for it, and is tried again ever later', () => {
  const peer = new Peer();
  peer.link();
  peer.feed({ on: 'ask', request: { ask: 'a', kind: 'transfer', to: key('bob'), amount: 5 } });
  peer.feed({ on: 'submit', request: request() });
  const delays: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    const [{ r }] = peer.sent('record') as [ReturnType<typeof peer.sent<'record'>>[number]];
    peer.look();
    peer.refuse({ record: idOf(recordOf(r)), ...REFUSED });
    assert.deepEqual(peer.sent('record'), [], 'it rests');
    delays.push(peer.effects('timer').find(({ name }) => name === 'open')!.delayMs);
    if (round === 0) {
      assert.equal(peer.notes('untaken')[0]!.code, 'bad-input');
      assert.equal(peer.notes('ask-failed')[0]!.code, 'bad-input');
    }
    peer.look();
    peer.timer('open', delays.at(-1));
  }
  assert.deepEqual(delays.slice(0, 3), [2_000, 4_000, 8_000]);
  assert.equal(delays.at(-1), 300_000);
});

test('what is wished for while the opening rests fails at once', () => {
  const peer = new Peer();
  peer.link();
  peer.feed({ on: 'submit', request: request(1) });
  peer.refuse({ record: idOf(recordOf(peer.sent('record')[0]!.r)), ...REFUSED });
  peer.look();
  peer.feed({ on: 'submit', request: request(2) });
  peer.feed({ on: 'ask', request: { ask: 'a', kind: 'transfer', to: key('bob'), amount: 5 } });
  assert.deepEqual(peer.notes('untaken').map(({ task, code }) => [task, code]), [[request(2).task, 'bad-input']]);
  assert.equal(peer.notes('ask-failed').length, 1);
});

test('a record that an outage made too old is dated anew, one that is not is a wrong clock', () => {
  const peer = new Peer();
  peer.open();
  peer.feed({ on: 'ask', request: { ask: 'a', kind: 'transfer', to: key('bob'), amount: 5 } });
  const old = recordOf(peer.sent('record')[0]!.r);
  peer.look();
  peer.now += 3 * network.parameters.epochMs;
  peer.refuse({ record: idOf(old), code: 'clock-skew', message: 'Dated in another epoch.' });
  const anew = recordOf(peer.sent('record')[0]!.r);
  assert.deepEqual(anew, { ...old, epoch: old.epoch + 3 });
  assert.deepEqual(peer.notes('ask-failed'), []);
  peer.refuse({ record: idOf(anew), code: 'clock-skew', message: 'Dated in another epoch.' });
  assert.equal(peer.notes('ask-failed')[0]!.code, 'clock-skew');
});

test('an escrow that an outage made too old is dated anew under the same terms', () => {
  const peer = new Peer();
  peer.open();
  peer.feed({ on: 'submit', request: request(1, { timeoutMs: 600_000 }) });
  const old = recordOf(peer.sent('escrow')[0]!.r);
  peer.look();
  peer.now += 3 * network.parameters.epochMs;
  peer.refuse({ record: idOf(old), code: 'clock-skew', message: 'Dated in another epoch.' });
  peer.timer(`retry/${request().task}`);
  assert.deepEqual(recordOf(peer.sent('escrow')[0]!.r), { ...old, epoch: old.epoch + 3 });
  assert.deepEqual(peer.notes('untaken'), []);
});

test('whether an escrow was certified is asked within its grace time, without its payload', () => {
  const peer = new Peer();
  peer.open();
  peer.feed({ on: 'submit', request: request() });
  const { delayMs } = peer.effects('timer').find(({ name }) => name === 'chain')!;
  assert.ok(2 * delayMs < network.parameters.graceMs);
  peer.look();
  peer.timer('chain', delayMs);
  peer.timer('chain', delayMs);
  assert.equal(peer.sent('fetch').length, 2);
  assert.equal(peer.sent('escrow').length, 0);
  peer.timer('chain', delayMs);
  assert.equal(peer.sent('escrow').length, 1, 'it may be the escrow that was lost');
});
