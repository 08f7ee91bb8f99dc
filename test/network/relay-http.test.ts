/** The relay over HTTP: files that must not leak, blobs that must be what they say. */
import assert from 'node:assert/strict';
import { mkdir, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { sha256Id, toBase64url, utf8 } from '../../src/engine/core/encoding.js';
import type { Signer } from '../../src/engine/ports/signer.js';
import { TICKET_HEADER } from '../../src/engine/adapters/transport/blob-ticket.js';
import { openBlobStore } from '../../src/relay/blobs.js';
import { newSigner } from '../contract/transport-fixture.js';
import { temporaryFolder } from './gun-world.js';
import { type Harness, login, rawHttp, withRelay } from './relay-harness.js';

const SECRET = 'the secret beside the folder';

async function withFiles(body: (harness: Harness) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder();
  const root = join(folder, 'public');
  await mkdir(join(root, 'deep'), { recursive: true });
  const files = { 'index.html': '<!doctype html><title>page</title>', 'bundle.js': 'export {};', 'kernel.wasm': '\0asm', 'deep/data.json': '{}', '.hidden': SECRET, 'odd name.txt': 'odd' };
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
  await writeFile(join(folder, 'secret.txt'), SECRET);
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'));
  await symlink(folder, join(root, 'up'));
  try {
    await withRelay(body, { staticDir: root });
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('no path leads out of the folder', () =>
  withFiles(async ({ relay }) => {
    const paths = [
      '/../secret.txt', '/gun/../secret.txt', '/gun/../../secret.txt', '/deep/../../secret.txt', '/./../secret.txt', '//../secret.txt',
      '/%2e%2e/secret.txt', '/%2e%2e%2fsecret.txt', '/..%2fsecret.txt', '/deep/%2e%2e/%2e%2e/secret.txt', '/%252e%252e/secret.txt',
      '/..%5csecret.txt', '/..\\secret.txt', '/deep\\..\\..\\secret.txt', '/..%c0%afsecret.txt', '/%', '/%00', '/secret.txt%00.js', '/index.html%00',
      '/link.txt', '/up/secret.txt', '/.hidden', '/deep/../.hidden', '/blob/../secret.txt', '/blob/../../secret.txt', '/blob/..%2f..%2fsecret.txt',
      '//etc/passwd', '/etc/passwd', '/../../../../../../../../etc/passwd', 'http://x/../secret.txt', '*', '/deep', '/deep/', '/index.html/',
    ];
    for (const path of paths) {
      for (const method of ['GET', 'HEAD']) {
        const { status, text } = await rawHttp(relay.port, `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        assert.ok(status >= 400 && status < 500, `${method} ${path}: ${status}`);
        assert.equal(text.includes(SECRET) || text.includes('root:'), false, path);
      }
    }
    for (const raw of ['GARBAGE\r\n\r\n', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`, 'GET /gun HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n', 'GET /../gun HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n']) {
      const { status } = await rawHttp(relay.port, raw);
      assert.ok(status >= 400 && status < 500, raw.slice(0, 20));
    }
  }));

test('files, descriptor, health and metrics are served to every origin, and what is missing is 404', () =>
  withFiles(async ({ relay, file }) => {
    const at = (path: string): string => `http://127.0.0.1:${relay.port}${path}`;
    const types = { '/': 'text/html', '/index.html': 'text/html', '/bundle.js?v=1': 'text/javascript', '/kernel.wasm': 'application/wasm', '/deep/data.json': 'application/json', '/odd%20name.txt': 'text/plain' };
    for (const [path, type] of Object.entries(types)) {
      const response = await fetch(at(path));
      assert.equal(response.status, 200, path);
      assert.ok(response.headers.get('content-type')?.startsWith(type), path);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assert.equal(response.headers.get('cross-origin-resource-policy'), 'cross-origin');
      await response.arrayBuffer();
    }
    for (const path of ['/missing.js', '/deep/missing.wasm']) {
      const response = await fetch(at(path));
      assert.deepEqual([response.status, response.headers.get('content-type')?.split(';')[0]], [404, 'application/json']);
      await response.arrayBuffer();
    }
    assert.deepEqual(await (await fetch(at('/edge-net.network.json'))).json(), file);
    assert.deepEqual(await (await fetch(at('/healthz'))).json(), { status: 'ok' });
    assert.match(await (await fetch(at('/metrics'))).text(), /^edge_net_connections \d+$/m);
    assert.equal((await fetch(at('/index.html'), { method: 'DELETE' })).status, 405);
    assert.equal((await fetch(at('/gun'))).status, 426);
  }));

async function ticketOf(signer: Signer, body: object): Promise<Record<string, string>> {
  const b = JSON.stringify(body);
  return { [TICKET_HEADER]: toBase64url(utf8(JSON.stringify({ b, s: await signer.sign(b) }))) };
}

test('a blob is stored for a node that is here and signed for it, and is what it says', () =>
  withRelay(async ({ relay, network, dataDir }) => {
    const { net } = network;
    const [node, absent] = [await newSigner(), await newSigner()];
    const connected = await login(relay.url, net, node);
    const bytes = new Uint8Array(100_000).fill(7);
    const [hash, size] = [sha256Id(bytes), bytes.length];
    const at = (name: string): string => `http://127.0.0.1:${relay.port}/blob/${name}`;
    const put = async (headers: Record<string, string>, body: BodyInit = bytes, name = hash): Promise<number> => {
      const response = await fetch(at(name), { method: 'PUT', headers, body, duplex: 'half' } as RequestInit);
      await response.arrayBuffer();
      return response.status;
    };
    const blob = { kind: 'blob', net, node: node.id, hash, size };

    assert.equal(await put({}), 403);
    assert.equal(await put({ [TICKET_HEADER]: 'nonsense' }), 403);
    assert.equal(await put(await ticketOf(absent, { ...blob, node: absent.id })), 403, 'a node that is not here');
    assert.equal(await put(await ticketOf(absent, blob)), 403, 'signed by another');
    assert.equal(await put(await ticketOf(node, { ...blob, hash: sha256Id('other') })), 403, 'for another blob');
    assert.equal(await put(await ticketOf(node, { ...blob, net: sha256Id('other') })), 403, 'for another network');
    assert.equal(await put(await ticketOf(node, { ...blob, kind: 'transfer' })), 403, 'no ticket at all');
    assert.equal(await put(await ticketOf(node, { ...blob, size: size + 1 })), 400, 'of another size');
    assert.equal(await put(await ticketOf(node, blob), new Uint8Array(size).fill(8)), 400, 'other bytes');
    const tooLong = Readable.toWeb(Readable.from([Buffer.alloc(size, 7), Buffer.alloc(size, 7)])) as unknown as BodyInit;
    assert.ok([400, NaN].includes(await put(await ticketOf(node, blob), tooLong).catch(() => NaN)), 'more than announced');
    assert.equal(await put(await ticketOf(node, { ...blob, size: 1 << 30 }), new Uint8Array(1)), 400, 'size and length differ');
    assert.deepEqual(await readdir(join(dataDir, 'blobs')), []);
    assert.equal((await fetch(at(hash))).status, 404);

    assert.equal(await put(await ticketOf(node, { kind: 'escrow', net, author: node.id, inC: hash, inSize: size })), 201, 'an escrow answers for its ciphertext');
    assert.equal(await put(await ticketOf(node, blob)), 201, 'the same again');
    const back = await fetch(at(hash));
    assert.equal(sha256Id(new Uint8Array(await back.arrayBuffer())), hash);
    assert.deepEqual(await readdir(join(dataDir, 'blobs')), [hash]);
    await connected.leave();
  }));

test('oversize blobs, full disks and greedy nodes get their own answers', () =>
  withRelay(
    async ({ relay, network }) => {
      const node = await newSigner();
      const connected = await login(relay.url, network.net, node);
      const put = async (length: number, fill: number): Promise<[number, string | undefined]> => {
        const bytes = new Uint8Array(length).fill(fill);
        const hash = sha256Id(bytes);
        const headers = await ticketOf(node, { kind: 'blob', net: network.net, node: node.id, hash, size: length });
        const response = await fetch(`http://127.0.0.1:${relay.port}/blob/${hash}`, { method: 'PUT', headers, body: bytes });
        const text = await response.text();
        return [response.status, text ? (JSON.parse(text) as { error: { code: string } }).error.code : undefined];
      };
      assert.deepEqual(await put(9 << 20, 1), [413, 'payload-too-large']);
      assert.deepEqual(await put(600_000, 2), [201, undefined]);
      assert.deepEqual(await put(600_000, 3), [507, 'storage-full']);
      assert.deepEqual(await put(300_000, 4), [201, undefined]);
      assert.deepEqual(await put(2_000_000, 5), [429, 'rate-limited']);
      await connected.leave();
    },
    { limits: { blobDiskBytesMax: 1_000_000, blobBytesPerHour: 12 << 20 } },
  ));

test('blobs survive a restart and end with their day; what a crash left half is removed', async () => {
  const dir = await temporaryFolder();
  let now = Date.now();
  const open = () => openBlobStore({ dir, bytesMax: 1_000, diskBytesMax: 10_000, hours: 24, now: () => now });
  const bytes = new Uint8Array(500).fill(1);
  const hash = sha256Id(bytes);
  assert.equal(await (await open()).putBytes(hash, bytes), undefined);
  await writeFile(join(dir, 'half.part'), 'half');
  const again = await open();
  assert.deepEqual([again.bytes, again.size(hash), (await readdir(dir)).length], [500, 500, 1]);
  await again.sweep();
  assert.equal(again.size(hash), 500);
  now += 25 * 3_600_000;
  await again.sweep();
  assert.deepEqual([again.bytes, again.size(hash), await again.read(hash)], [0, undefined, undefined]);
  await again.putBytes(hash, bytes);
  await utimes(join(dir, hash), now / 1_000 - 90_000, now / 1_000 - 90_000);
  await again.putBytes(hash, bytes);
  await again.sweep();
  assert.equal(again.size(hash), 500, 'storing again renews');
  await rm(dir, { recursive: true });
});
