/**
 * The form of what arrives, tested before a machine handles it: a relay may put any JSON into a message, and so may
 * a peer. Certified records, rosters and authors' records are objects here, and examined by their own parsers.
 */
import { kernelVersions } from './assignment/roster.js';
import { isId, isKey } from './encoding.js';
import { either, fits, integer, isObject, list, misfit, oneOf, parseJson, pattern, type Shape, shape, type Test, text } from './ledger/shape.js';
import type { Message, PeerMessage, Presence, Receipt, Refusal, Reject, StorageProof, WitnessMessage } from './message.js';

/** Bounds of lists and texts. The transport bounds the whole message. */
const LIST_MAX = 10_000;
const TEXT_MAX = 160 << 10;
const SESSION_MAX = 64;
const CAPACITY_MAX = 1_024;

const count = integer(0);
const finite: Test = (value) => Number.isFinite(value);
const anyText: Test = (value) => typeof value === 'string' && value.length <= TEXT_MAX;
const session = text(SESSION_MAX);
const base64url = pattern(/^[\w-]*$/);
const signed = fits(shape({ b: anyText, s: anyText }));
const head = either(oneOf(null), fits(shape({ seq: count, id: isId })));
const digest = list(fits(shape({ bucket: count, span: integer(1), count, hash: isId })), LIST_MAX);
const ids = list(isId, LIST_MAX);
const boxes: Test = (value) => isObject(value) && Object.entries(value).every(([node, box]) => isKey(node) && base64url(box));
const SHARD = { collection: isId, shard: count };
const CONTENT = { ...SHARD, hash: either(oneOf(''), isId) };
const boxed = fits(shape({ node: isKey, box: either(oneOf(''), isKey) }));
const RANGES_MAX = 64;
const range: Test = (value) => list(count, 2, 2)(value);

type Shapes = ReadonlyMap<string, Shape>;

function messages(byType: Readonly<Record<string, Readonly<Record<string, Test>>>>): Shapes {
  return new Map(Object.entries(byType).map(([t, fields]) => [t, shape({ t: oneOf(t), ...fields })]));
}

const SYNC = {
  have: { bucket: count, span: integer(1), from: either(oneOf(''), isId), to: either(oneOf(''), isId), ids },
  want: { ids },
  records: { records: list(isObject, LIST_MAX) },
  digest: { digest },
};

const FROM_PEER: Shapes = messages({
  ...SYNC,
  hello: { session, head, digest },
  present: { p: signed },
  alive: { at: count },
  record: { r: signed },
  escrow: { r: signed },
  boxes: { escrow: isId, boxes },
  result: { escrow: isId, receipt: base64url },
  beat: { escrow: isId, ratio: finite },
  reject: { p: signed },
  cancel: { escrow: isId },
  fetch: { escrow: isId },
  'roster-want': { hash: isId },
  'shard-keys': { ...SHARD, boxes },
  kept: { ...CONTENT, size: count },
  shard: { ...CONTENT, to: isKey, box: base64url },
  proof: { ...SHARD, period: count, sealed: base64url },
  'shard-want': SHARD,
});

const FROM_WITNESS: Shapes = messages({
  ...SYNC,
  welcome: { now: count, session, head, digest },
  superseded: { session },
  'present-wanted': {},
  certified: { r: isObject },
  refused: { p: signed },
  assign: { r: isObject },
  key: { escrow: isId, box: base64url },
  result: { escrow: isId, worker: isKey },
  beat: { escrow: isId, worker: isKey, ratio: finite },
  ended: { escrow: isId, code: oneOf('settled', 'aborted', 'timeout', 'no-consensus', 'no-workers', 'unknown') },
  roster: { hash: isId, members: list(isObject, LIST_MAX) },
  'keys-wanted': { ...SHARD, to: list(boxed, LIST_MAX) },
  keep: { ...CONTENT, box: base64url, turn: count },
  supply: { ...CONTENT, to: boxed },
  prove: { ...CONTENT, period: count, nonce: isId, ranges: list(range, RANGES_MAX) },
  shard: CONTENT,
});

/** Whether a witness may handle it. Never throws. */
export function isPeerMessage(message: Message): message is PeerMessage {
  return isOf(FROM_PEER, message);
}

/** Whether a peer may handle it. Never throws. */
export function isWitnessMessage(message: Message): message is WitnessMessage {
  return isOf(FROM_WITNESS, message);
}

function isOf(shapes: Shapes, message: unknown): boolean {
  const expected = isObject(message) ? shapes.get(String(message['t'])) : undefined;
  return expected !== undefined && misfit(message, expected) === undefined;
}

const PRESENCE = shape({
  kind: oneOf('presence'), net: isId, node: isKey, session, box: isKey, kernels: kernelVersions, capacity: integer(0, CAPACITY_MAX), at: count,
});

const REJECT = shape({
  kind: oneOf('reject'), escrow: isId, worker: isKey, why: oneOf('wrong-key', 'wrong-ciphertext', 'busy', 'unsupported', 'failed'),
});

const REFUSAL = shape(
  {
    kind: oneOf('refusal'), net: isId, record: isId, message: text(512),
    code: oneOf('insufficient-credits', 'no-workers', 'rate-limited', 'bad-input', 'payload-too-large', 'relay-rejected', 'account-frozen', 'upgrade-required', 'clock-skew'),
  },
  { retryAfterMs: count, head },
);

const PROOF = shape({ nonce: isId, mac: isId, size: count });

const RECEIPT = shape({ kind: oneOf('receipt'), escrow: isId, worker: isKey, digest: isId, fuel: count, out: isId });

export const parsePresence = (body: string): Presence | undefined => parse<Presence>(body, PRESENCE);
export const parseReject = (body: string): Reject | undefined => parse<Reject>(body, REJECT);
export const parseRefusal = (body: string): Refusal | undefined => parse<Refusal>(body, REFUSAL);
export const parseProof = (body: string): StorageProof | undefined => parse<StorageProof>(body, PROOF);
export const parseReceipt = (body: string): Receipt | undefined => parse<Receipt>(body, RECEIPT);

function parse<Body>(body: string, expected: Shape): Body | undefined {
  const value = parseJson(body);
  return misfit(value, expected) === undefined ? (value as Body) : undefined;
}
