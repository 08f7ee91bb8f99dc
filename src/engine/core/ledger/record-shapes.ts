/** The strict shape of each kind of record and of an assignment: field by field, as in `core/record.ts`. */
import { isId, isKey, SITE_NAME } from '../texts.js';
import { either, fits, flag, integer, list, oneOf, pattern, type Shape, shape, type Test, text } from './shape.js';

/** One record moves at most 10^9 credits, so that no sum inside a record can leave the safe integers. */
export const AMOUNT_MAX = 1_000_000_000_000_000;
/** A record's `b`, in characters; GUN's inline frames end at 16 KB. */
export const RECORD_LENGTH_MAX = 12_288;
/** Bounds that leave room for the longest settlement: k 3, two reserves, four lines a worker. */
const PAY_MAX = 32;
const SLOTS_MAX = 16;
const SHARDS_MAX = 64;
/** Holders of one shard: its replicas, and those that supply their successors. */
const HOLDERS_MAX = 8;
const PPM = 1_000_000;
const MULTIPLIER_PPM_MAX = 10 * PPM;
const DEADLINE_MS_MAX = 24 * 3_600_000;
const TASK_ID = /^[\w-]{21}[AQgw]$/;
export const TASK_KIND = /^[a-z][a-z0-9_]{0,31}$/;

const amount = integer(1, AMOUNT_MAX);
const amountOrNone = integer(0, AMOUNT_MAX);
const count = integer(0);
const siteOrReferrer = either(oneOf(''), isKey, pattern(SITE_NAME));
const pay = fits(shape({ to: isKey, amount, stake: flag, why: oneOf('work', 'site', 'referral', 'audit', 'uptime', 'storage') }));
const shard = integer(0, SHARDS_MAX - 1);
const unwritten = fits(shape({ hash: oneOf(''), size: oneOf(0), rows: oneOf(0) }));
const written = fits(shape({ hash: isId, size: integer(1), rows: count }));
const holders = list(isKey, HOLDERS_MAX, 1);

function witnessed(kind: string, fields: Readonly<Record<string, Test>>, optional?: Readonly<Record<string, Test>>): Shape {
  return shape({ kind: oneOf(kind), epoch: count, net: isId, ...fields }, optional);
}

/** Sequence 0 opens an account and nothing else does: work was proven before anything is ordered. */
function authored(kind: string, fields: Readonly<Record<string, Test>>, optional?: Readonly<Record<string, Test>>): Shape {
  const chain = kind === 'open' ? { seq: oneOf(0), prev: oneOf('') } : { seq: integer(1), prev: isId };
  return shape({ kind: oneOf(kind), epoch: count, net: isId, author: isKey, ...chain, ...fields }, optional);
}

export const RECORD_SHAPES: ReadonlyMap<unknown, Shape> = new Map([
  ['open', authored('open', { pow: count, site: siteOrReferrer, share: integer(0, PPM) }, { ref: siteOrReferrer })],
  [
    'escrow',
    authored('escrow', {
      amount,
      task: pattern(TASK_ID),
      type: pattern(TASK_KIND),
      version: count,
      k: oneOf(0, 1, 2, 3),
      priority: oneOf('low', 'normal', 'high'),
      deadline: integer(1, DEADLINE_MS_MAX),
      inC: isId,
      inSize: count,
      keyC: isId,
      resultKey: isKey,
      meter: fits(shape({ price: amountOrNone, fuel: count })),
    }, { on: fits(shape({ collection: isId, shard, hash: either(oneOf(''), isId) })) }),
  ],
  ['transfer', authored('transfer', { to: isKey, amount }, { memo: text(256) })],
  ['bond', authored('bond', { amount })],
  ['unbond', authored('unbond', { amount })],
  ['name', authored('name', { name: pattern(SITE_NAME) })],
  [
    'collection',
    authored('collection', {
      collection: either(oneOf(''), isId),
      amount: amountOrNone,
      name: text(64),
      dims: integer(1, 4_096),
      metric: oneOf('cos', 'ip', 'l2'),
      scalar: oneOf('f32', 'f16', 'i8'),
      replicas: oneOf(1, 2, 3),
      access: oneOf('owner', 'anyone'),
      shards: list(either(unwritten, written), SHARDS_MAX),
    }, { closed: oneOf(true) }),
  ],
  ['hold', witnessed('hold', { collection: isId, shard, turn: count, holders, roster: isId, seed: isId })],
  ['rent', witnessed('rent', { collection: isId, owner: isKey, shard, period: count, amount, burn: amountOrNone, pay: list(pay, PAY_MAX) })],
  ['release', witnessed('release', { collection: isId, owner: isKey, amount: amountOrNone, why: oneOf('closed', 'unpaid') })],
  [
    'settle',
    witnessed('settle', {
      escrow: isId,
      submitter: isKey,
      amount,
      refund: amountOrNone,
      burn: amountOrNone,
      pay: list(pay, PAY_MAX),
      mint: list(pay, PAY_MAX),
      slash: list(fits(shape({ who: isKey, amount })), SLOTS_MAX),
      fuel: count,
      mPpm: integer(0, MULTIPLIER_PPM_MAX),
      slots: list(fits(shape({ who: isKey, ok: flag })), SLOTS_MAX),
    }, { at: count }),
  ],
  ['uptime', witnessed('uptime', { account: isKey, hour: count, mint: list(pay, 4, 1) })],
  ['grant', witnessed('grant', { account: isKey, amount })],
]);

export const ASSIGNMENT: Shape = shape({
  epoch: count,
  at: count,
  roster: isId,
  seed: isId,
  k: integer(1, 3),
  ranks: list(fits(shape({ node: isKey, box: isKey })), SLOTS_MAX, 1),
}, { among: holders });
