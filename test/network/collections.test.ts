/** A collection over real sockets: relay, witness, graph, blobs, real keys and a real cipher. Only the kernels are doubles. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { systemClock, systemRandom } from '../../src/engine/adapters/clock.js';
import { createSigner } from '../../src/engine/adapters/signer/signer.js';
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import { INLINE_BYTES_MAX } from '../../src/engine/adapters/transport/frame.js';
import { createGunTransport } from '../../src/engine/adapters/transport/gun-transport.js';
import { toBase64url } from '../../src/engine/core/encoding.js';
import type { AccountRequest } from '../../src/engine/core/event.js';
import { DEVELOPMENT_PARAMETERS, type Network } from '../../src/engine/core/network.js';
import type { Notice } from '../../src/engine/core/notice.js';
import { createPeerState, peerMachine, type PeerState } from '../../src/engine/core/peer/peer.js';
import { createDriver, type Driver } from '../../src/engine/driver/driver.js';
import { createShelf, type Shelf } from '../../src/engine/driver/shelf.js';
import { createGuard } from '../../src/engine/guard.js';
import { isGenuine } from '../../src/engine/host/genuine.js';
import { createIdentity } from '../../src/engine/identity/identity.js';
import { foundNetwork } from '../../src/relay/data-dir.js';
import { startRelay } from '../../src/relay/relay.js';
import { loadWitnessSigner, startWitness } from '../../src/relay/witness.js';
import { createSimulatedPool } from '../doubles/pool.js';
import { found, type Inserted, readOutput, shardPayload } from '../doubles/shard-kernel.js';
import { temporaryFolder } from './gun-world.js';

type NoticeOf<N extends Notice['note']> = Extract<Notice, { note: N }>;
type CollectionFields = Omit<Extract<AccountRequest, { kind: 'collection' }>, 'ask' | 'kind'>;

class Node {
  readonly notices: Notice[] = [];
  #watchers = new Set<() => void>();
  #asks = 0;

  private constructor(readonly id: string, readonly shelf: Shelf, readonly driver: Driver<PeerState>) {}

  static async start(network: Network, url: string): Promise<Node> {
    const identity = createIdentity(systemRandom);
    const signer = await createSigner({ identity, random: systemRandom });
    const guard = createGuard(network, signer);
    const disk = memoryStorage();
    const shelf = createShelf({ net: network.net, signer, open: async () => disk });
    const driver = createDriver({
      net: network.net, machine: peerMachine,
      state: createPeerState({ network, id: signer.id, boxKey: signer.boxKey, session: toBase64url(systemRandom.bytes(12)), site: '', sharePpm: 0, ref: '' }),
      ports: {
        transport: createGunTransport({ relays: [url], network, signer, guard, clock: systemClock, random: systemRandom, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket }),
        store: memoryStorage(), vault: memoryStorage(), pool: createSimulatedPool({ clock: systemClock, size: 1 }), signer, clock: systemClock, random: systemRandom, shelf,
        guard: (record) => isGenuine(guard, record),
      },
      onNotice: (notice) => node.#hear(notice),
      onFault: (error) => { throw error; },
    });
    const node = new Node(signer.id, shelf, driver);
    await driver.start();
    driver.feed({ on: 'contribute', capacity: 2, kinds: { vector_search: 1, vector_insert: 1 } });
    return node;
  }

  /** Every growth of the ledger is noticed. */
  until<T>(look: () => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const watch = (): void => {
        const seen = look();
        if (seen === undefined || seen === false) return;
        this.#watchers.delete(watch);
        resolve(seen);
      };
      this.#watchers.add(watch);
      watch();
    });
  }

  notice<N extends Notice['note']>(note: N, isIt: (notice: NoticeOf<N>) => boolean = () => true): Promise<NoticeOf<N>> {
    return this.until(() => this.notices.find((notice): notice is NoticeOf<N> => notice.note === note && isIt(notice as NoticeOf<N>)));
  }

  async write(fields: CollectionFields): Promise<string> {
    const ask = String(this.#asks++);
    this.driver.feed({ on: 'ask', request: { ask, kind: 'collection', ...fields } });
    return (await this.notice('asked', (notice) => notice.ask === ask)).record;
  }

  async run(kind: string, collection: string, bytes: Uint8Array): Promise<NoticeOf<'resolved'>> {
    const { hash } = this.driver.state.ledger.collection(collection)!.record.shards[0]!;
    const task = toBase64url(systemRandom.bytes(16));
    this.driver.feed({
      on: 'submit',
      request: { task, kind, version: 1, payload: shardPayload(hash, bytes), meter: { price: 1_000, fuel: 1_000 }, k: 2, priority: 'normal', maxAmount: 1_000_000, timeoutMs: 60_000, on: { collection, shard: 0, hash } },
    });
    return this.notice('resolved', (notice) => notice.task === task);
  }

  #hear(notice: Notice): void {
    this.notices.push(notice);
    for (const watch of this.#watchers) watch();
  }
}

test('a collection is made, filled, searched, mended, read back and deleted over real sockets', { timeout: 120_000 }, async () => {
  const dataDir = await temporaryFolder();
  const signer = await loadWitnessSigner(dataDir);
  const { file, network } = await foundNetwork({ dataDir, name: 'collections', witness: signer, parameters: { ...DEVELOPMENT_PARAMETERS, openBits: 0, holderGraceMs: 1_000, storageDayMs: 2_000 } });
  const relay = await startRelay({ port: 0, dataDir, network: file, parsed: network, signer });
  const said: string[] = [];
  const witness = await startWitness({ network, signer, dataDir, transport: () => relay.local(signer.id), log: (line) => said.push(line) });
  const nodes = await Promise.all([1, 2, 3, 4].map(() => Node.start(network, relay.url)));
  const [owner] = nodes as [Node];
  try {
    const fields: CollectionFields = { collection: '', amount: 1_000_000, name: 'books', dims: 3, metric: 'cos', scalar: 'f32', replicas: 2, access: 'owner', shards: [{ hash: '', size: 0, rows: 0 }] };
    const collection = await owner.write(fields);
    const view = () => owner.driver.state.ledger.collection(collection)!;

    const content = systemRandom.bytes(3 * INLINE_BYTES_MAX);
    const inserted = readOutput<Inserted>((await owner.run('vector_insert', collection, content)).output);
    const { hash, size, rows } = inserted;
    await owner.write({ ...fields, collection, amount: 0, shards: [{ hash, size, rows }] });
    const query = Uint8Array.of(9);
    assert.equal(readOutput((await owner.run('vector_search', collection, query)).output), found(content, query));
    await owner.until(() => [...owner.driver.state.ledger.entries()].some(({ record }) => record.kind === 'rent'));

    const [gone, stays] = view().holders(0)!.holders;
    await nodes.find(({ id }) => id === gone)!.driver.close();
    const { holders } = await owner.until(() => { const now = view().holders(0)!; return now.holders.length === 2 && !now.holders.includes(gone!) && now; });
    assert.ok(holders.includes(stays!));
    // Two must agree, so that the newcomer has been supplied with it.
    const { workers, output } = await owner.run('vector_search', collection, query);
    assert.deepEqual([...workers].sort(), [...holders].sort());
    assert.equal(readOutput(output), found(content, query));

    owner.driver.feed({ on: 'fetch-shard', shard: { collection, shard: 0 } });
    const { ciphertext } = await owner.notice('shard');
    assert.equal(ciphertext!.length, size);
    assert.deepEqual(await owner.shelf.decrypt({ collection, shard: 0 }, ciphertext!), content);

    await owner.write({ ...fields, collection, amount: 0, shards: [], closed: true });
    await owner.until(() => view().released === 'closed');
    const holder = nodes.find(({ id }) => id === stays)!;
    await holder.until(() => holder.driver.state.held.size === 0);
    assert.deepEqual(said, []);
  } finally {
    await Promise.all(nodes.map(({ driver }) => driver.close().catch(() => undefined)));
    await witness.close();
    await relay.close();
    await rm(dataDir, { recursive: true });
  }
});
