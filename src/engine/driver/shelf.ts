/**
 * Shards of collections that this node holds, each with the key that opens it. In a store of its own, which nothing else
 * waits for and which is opened when it is first needed.
 *
 * A shard's key is HKDF(secret of the owner's identity): the owner has it wherever it is, holders are given it. Here it
 * lies encrypted under a key of this identity, and contents as they came.
 */
import { fromBase64url, hmac, sha256Id, toBase64url, utf8 } from '../core/encoding.js';
import type { Boxed, StorageProof } from '../core/message.js';
import type { BoxKey, Id, NodeId } from '../core/record.js';
import { type Content, nameOf, type ShardName, shardNamed, type Stored } from '../core/shard.js';
import type { ShardAccess } from '../ports/pool.js';
import type { Signer } from '../ports/signer.js';
import type { Storage, Write } from '../ports/storage.js';
import { type ContentCipher, subtleCipher } from './content-cipher.js';

const KEY_BYTES = 32;
/** What a node lends to others' shards: some sixty full ones. */
const HELD_BYTES_MAX = 512_000_000;

export interface ShelfOptions {
  /** What another network left is forgotten. */
  readonly net: Id;
  readonly signer: Signer;
  open(): Promise<Storage>;
  /** WebCrypto's by default; null for none. */
  readonly cipher?: ContentCipher | null;
  /** Of ciphertexts from others; 0 to hold nothing. New content of what is held already may exceed it. */
  readonly bytesMax?: number;
  /** `canHold` is another now. */
  onRoom?(): void;
}

/** All reject with what the store rejects with. */
export interface Shelf {
  /**
   * There is room for more. Not where the store has not opened yet, nor without WebCrypto, though an owner's keys can be
   * handed out.
   */
  readonly canHold: boolean;
  /** In the order they came. */
  list(): Promise<Stored[]>;
  /** False where the key does not open, the content is not what its name says, or there is no room. */
  keep(content: Content, box: string, ciphertext: Uint8Array | undefined): Promise<boolean>;
  /** The shard's key for each that it can be sealed to: as it is held, or as its owner derives it. */
  box(name: ShardName, to: readonly Boxed[]): Promise<Readonly<Record<NodeId, string>>>;
  /** For another node; undefined for what is not here. */
  read(content: Content, to: Boxed): Promise<{ readonly ciphertext: Uint8Array; readonly box: string } | undefined>;
  /** What was kept is not there any more, or its key is not. */
  isLost(content: Content): Promise<boolean>;
  /** A sealed `StorageProof`. */
  prove(content: Content, nonce: string, ranges: readonly (readonly [number, number])[], witnessBox: BoxKey): Promise<string | undefined>;
  /** These contents; where none is named, all of the shard and its key. */
  drop(name: ShardName, hashes?: readonly string[]): Promise<void>;
  /** For a kernel, to that shard alone. `kept` hears of what it writes. */
  access(name: ShardName, kept: (content: Stored) => void): ShardAccess;
  /** For the shard's owner: what a holder gave back. */
  decrypt(name: ShardName, ciphertext: Uint8Array): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

const NET_KEY = 'net';
const MARKS = 'mark/';
const NOTHING = new Uint8Array(0);

/** A mark says that content is here, in which place it came, and its bytes: contents are large, and not read to be listed. */
interface Mark {
  readonly order: number;
  readonly size: number;
}

const markOf = (content: Content): string => `${MARKS}${nameOf(content)}/${content.hash}`;
const dataOf = (content: Content): string => `data/${nameOf(content)}/${content.hash}`;
const keyOf = (name: ShardName): string => `key/${nameOf(name)}`;
const writeMark = ({ order, size }: Mark): string => `${order} ${size}`;

function readMark(value: unknown): Mark {
  const [order = 0, size = 0] = String(value).split(' ').map(Number);
  return { order, size };
}

export function createShelf({ net, signer, open, cipher = subtleCipher() ?? null, bytesMax = HELD_BYTES_MAX, onRoom = () => undefined }: ShelfOptions): Shelf {
  let opening: Promise<Storage> | undefined;
  let closed = false;
  let order = 0;
  /** Undefined until the store is open. */
  let opened: Storage | undefined;
  /** By mark. */
  const sizes = new Map<string, number>();
  let bytes = 0;

  const canHold = (): boolean => cipher !== null && opened !== undefined && bytes < bytesMax;

  /** Tells where that makes room, or takes the last. */
  function tellRoom<T>(change: () => T): T {
    const could = canHold();
    const result = change();
    if (canHold() !== could) onRoom();
    return result;
  }

  function account(mark: string, size: number | undefined): void {
    tellRoom(() => {
      bytes += (size ?? 0) - (sizes.get(mark) ?? 0);
      if (size === undefined) sizes.delete(mark);
      else sizes.set(mark, size);
    });
  }

  /** Fails anew each time until it succeeds: a disk may be full today. */
  function storage(): Promise<Storage> {
    if (closed) return Promise.reject(new Error('The shelf is closed.'));
    opening ??= openFor(net);
    opening.catch(() => (opening = undefined));
    return opening;
  }

  async function openFor(network: Id): Promise<Storage> {
    const store = await open();
    const marks = await store.entries(MARKS);
    order = Math.max(0, ...marks.map(([, mark]) => readMark(mark).order));
    if ((await store.get(NET_KEY)) !== network) {
      const gone = marks.map(([mark]) => contentAt(mark)).flatMap((content) => [markOf(content), dataOf(content), keyOf(content)]);
      await store.write([...gone.map((key) => [key, null] as const), [NET_KEY, network]]);
    } else {
      for (const [mark, value] of marks) account(mark, readMark(value).size);
    }
    tellRoom(() => (opened = store));
    return store;
  }

  async function storedKey(name: ShardName): Promise<Uint8Array | undefined> {
    const sealed = await (await storage()).get(keyOf(name));
    return sealed instanceof Uint8Array ? signer.decrypt(sealed, await ownKey()) : undefined;
  }

  const ownKey = (): Promise<Uint8Array> => signer.derive('edge-net shelf v1');
  const derivedKey = ({ collection, shard }: ShardName): Promise<Uint8Array> => signer.derive(`edge-net shard v1\n${collection}\n${shard}`);

  async function put(store: Storage, content: Content, ciphertext: Uint8Array | undefined, more: readonly Write[] = []): Promise<void> {
    order += 1;
    // Others rely on what is said to be kept.
    const [mark, size] = [markOf(content), ciphertext?.length ?? 0];
    const before = sizes.get(mark);
    account(mark, size);
    try {
      await store.write([...more, ...(ciphertext ? [[dataOf(content), ciphertext] as const] : []), [mark, writeMark({ order, size })]], { sync: true });
    } catch (error) {
      account(mark, before);
      throw error;
    }
  }

  async function ciphertextOf(content: Content): Promise<Uint8Array | undefined> {
    if (content.hash === '') return NOTHING;
    const bytes = await (await storage()).get(dataOf(content));
    return bytes instanceof Uint8Array ? bytes : undefined;
  }

  /** Those that announced a key nobody can seal to get nothing; that must not cost the others theirs. */
  async function sealEach(key: Uint8Array, to: readonly Boxed[]): Promise<Record<NodeId, string>> {
    const sealed = await Promise.allSettled(to.map(async ({ node, box }) => [node, toBase64url(await signer.seal(key, box))] as const));
    return Object.fromEntries(sealed.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
  }

  return {
    get canHold() {
      return canHold();
    },

    async list() {
      const marks = await (await storage()).entries(MARKS);
      return marks.sort(([, one], [, other]) => readMark(one).order - readMark(other).order).map(([mark, value]) => ({ ...contentAt(mark), size: readMark(value).size }));
    },

    async keep(content, box, ciphertext) {
      const sealed = fromBase64url(box);
      const key = sealed && (await signer.open(sealed));
      if (!cipher || key?.length !== KEY_BYTES) return false;
      if (content.hash !== '' && (!ciphertext || sha256Id(ciphertext) !== content.hash || !(await cipher.decrypt(ciphertext, key)))) return false;
      const [store, ownSealed] = await Promise.all([storage(), ownKey().then((own) => signer.encrypt(key, own))]);
      // Nothing is awaited between the look and the entry: two that come at once do not both take the last room.
      if (!canHold() || bytes + (ciphertext?.length ?? 0) > bytesMax) return false;
      await put(store, content, ciphertext, [[keyOf(content), ownSealed]]);
      return true;
    },

    box: async (name, to) => sealEach((await storedKey(name).catch(() => undefined)) ?? (await derivedKey(name)), to),

    async read(content, to) {
      const [ciphertext, key] = await Promise.all([ciphertextOf(content), storedKey(content)]);
      if (!ciphertext || !key) return undefined;
      const box = to.box === '' ? '' : (await sealEach(key, [to]))[to.node];
      return box === undefined ? undefined : { ciphertext, box };
    },

    async isLost(content) {
      const [ciphertext, key] = await Promise.all([ciphertextOf(content), storedKey(content)]);
      return !ciphertext || !key;
    },

    async prove(content, nonce, ranges, witnessBox) {
      const ciphertext = await ciphertextOf(content);
      if (!ciphertext) return undefined;
      const bytes = ranges.flatMap(([from, length]) => [...ciphertext.subarray(from, from + length)]);
      const proof: StorageProof = { nonce, mac: toBase64url(hmac(fromBase64url(nonce)!, Uint8Array.from(bytes))), size: ciphertext.length };
      return toBase64url(await signer.seal(utf8(JSON.stringify(proof)), witnessBox));
    },

    async drop(name, hashes) {
      const store = await storage();
      const gone = hashes ?? (await store.entries(`${MARKS}${nameOf(name)}/`)).map(([mark]) => contentAt(mark).hash);
      const keys = gone.map((hash) => ({ ...name, hash })).flatMap((content) => [markOf(content), dataOf(content)]);
      await store.write([...keys, ...(hashes ? [] : [keyOf(name)])].map((key) => [key, null] as const));
      for (const hash of gone) account(markOf({ ...name, hash }), undefined);
    },

    access(name, kept) {
      const keyHere = async (): Promise<Uint8Array> => {
        const key = await storedKey(name);
        if (!key) throw new Error('This node does not hold the shard.');
        return key;
      };
      return {
        async has(hash) {
          const mark = hash === '' ? undefined : await (await storage()).get(markOf({ ...name, hash }));
          if (mark !== undefined) return { size: readMark(mark).size };
          return hash === '' && (await storedKey(name)) ? { size: 0 } : undefined;
        },
        async read(hash) {
          const [key, ciphertext] = await Promise.all([keyHere(), ciphertextOf({ ...name, hash })]);
          const plain = hash === '' ? NOTHING : ciphertext && (await cipher?.decrypt(ciphertext, key));
          if (!plain) throw new Error('This node does not hold that content of the shard.');
          return plain;
        },
        async write(_hash, plain) {
          const ciphertext = await cipher!.encrypt(plain, await keyHere());
          const content = { ...name, hash: sha256Id(ciphertext) };
          await put(await storage(), content, ciphertext);
          kept({ ...content, size: ciphertext.length });
          return { hash: content.hash, size: ciphertext.length };
        },
      };
    },

    decrypt: async (name, ciphertext) => (ciphertext.length === 0 ? NOTHING : cipher?.decrypt(ciphertext, await derivedKey(name))),

    async close() {
      closed = true;
      if (opened) return opened.close();
      // One that is blocked may never open.
      opening?.then((store) => store.close()).catch(() => undefined);
    },
  };
}

function contentAt(mark: string): Content {
  const name = mark.slice(MARKS.length);
  const slash = name.lastIndexOf('/');
  return { ...shardNamed(name.slice(0, slash)), hash: name.slice(slash + 1) };
}
