import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordKey } from '../../src/engine/core/ledger/entry.js';
import { type Line, lines } from '../../src/engine/core/ledger/lines.js';
import type { Rec } from '../../src/engine/core/record.js';
import { alice, bob, bond, carol, collection, escrow, grant, hold, name, open, release, rent, settle, site, transfer, unbond, uptime } from './ledger-fixture.js';

const maturity = { pendingEpochs: 2, unbondEpochs: 2_880 };
const free = (account: string, amount: number, at = 0): Line => ({ pool: 'free', account, amount, at });
const escrowed = (account: string, amount: number): Line => ({ pool: 'escrowed', account, amount });
const staked = (account: string, amount: number): Line => ({ pool: 'staked', account, amount });

// PROTOCOL 2, `lines`; the fixture's epoch is 100.
const TABLE: readonly (readonly [Rec, string, readonly Line[]])[] = [
  [open, `${alice}:0`, []],
  [escrow, `${alice}:1`, [free(alice, -1_000), escrowed(alice, 1_000)]],
  [transfer, `${alice}:2`, [free(alice, -300), free(bob, 300, 100)]],
  [bond, `${alice}:3`, [free(alice, -200), staked(alice, 200)]],
  [unbond, `${alice}:4`, [staked(alice, -150), free(alice, 150, 2_980)]],
  [name, `${alice}:5`, []],
  [
    settle,
    `settle:${settle.escrow}`,
    [
      escrowed(alice, -1_000),
      free(alice, 500, 100),
      { pool: 'burned', amount: 50 },
      free(bob, 225, 102),
      staked(bob, 25),
      free(site, 200, 102),
      { pool: 'minted', amount: 70 },
      free(carol, 70, 102),
      staked(carol, -30),
      { pool: 'burned', amount: 30 },
    ],
  ],
  [uptime, `uptime:${bob}:0`, [{ pool: 'minted', amount: 40 }, free(bob, 40, 102)]],
  [collection, `${alice}:6`, [free(alice, -900), escrowed(alice, 900)]],
  [hold, `hold:${hold.collection}:0:0`, []],
  [rent, `rent:${hold.collection}:0:7`, [escrowed(alice, -100), { pool: 'burned', amount: 10 }, free(bob, 45, 102), staked(carol, 45)]],
  [release, `release:${hold.collection}`, [escrowed(alice, -800), free(alice, 800, 100)]],
  [grant, `grant:${bob}`, [{ pool: 'granted', amount: 5_000 }, free(bob, 5_000)]],
];

for (const [record, slot, expected] of TABLE) {
  test(`${record.kind}: its slot, and what it moves`, () => {
    assert.equal(recordKey(record), slot);
    assert.deepEqual(lines(record, maturity), expected);
    const held = expected.reduce((sum, line) => sum + ('account' in line || line.pool === 'burned' ? line.amount : 0), 0);
    const created = expected.reduce((sum, { pool, amount }) => sum + (pool === 'minted' || pool === 'granted' ? amount : 0), 0);
    assert.equal(held, created, 'value is conserved');
  });
}
