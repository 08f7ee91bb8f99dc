/** The GUN adapter where it is meant to live: a module worker of a page, its scripts and relay on different origins. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import nacl from 'tweetnacl';
import { type Browser, launch, type Page } from 'puppeteer-core';
// @ts-expect-error a plain script without types
import { chromiumPath } from '../../scripts/chromium.mjs';
import { sha256Id, toBase64url } from '../../src/engine/core/encoding.js';
import { newRelay, newTransport, StockRelay, temporaryFolder } from './gun-world.js';
import { newSigner, newTestNetwork, type TestNetwork } from '../contract/transport-fixture.js';
import { Recorder } from '../contract/transport-recorder.js';
import { rm } from 'node:fs/promises';

let browser: Browser;
let origin: string;
let policy = '';
const stock = new StockRelay();
const server = createServer((request, response) => {
  const isScript = request.url === '/worker.js';
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
  if (policy) response.setHeader('content-security-policy', policy);
  response.end(isScript ? script : '<!doctype html><title>page</title>');
});
let script = '';

before(async () => {
  const entry = new URL('fixtures/echo-worker.ts', import.meta.url).pathname;
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', platform: 'browser', write: false, logLevel: 'error' });
  script = outputFiles[0]!.text;
  browser = await launch((await chromiumPath()) as { executablePath: string; env: Record<string, string>; args: string[] });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
});

after(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
  await stock.stop();
});

interface EchoPage {
  readonly id: string;
  readonly page: Page;
  readonly logged: readonly string[];
  /** Resolves when the worker has said something that `pattern` matches. */
  heard(pattern: RegExp): Promise<string>;
}

async function openPage({ network }: TestNetwork, relays: readonly string[]): Promise<EchoPage> {
  const seed = nacl.randomBytes(32);
  const id = toBase64url(nacl.sign.keyPair.fromSeed(seed).publicKey);
  const page = await browser.newPage();
  const said: string[] = [];
  const logged: string[] = [];
  const waiting = new Set<() => void>();
  page.on('console', (message) => void (message.type() === 'log' && logged.push(message.text())));
  await page.exposeFunction('say', (text: string) => {
    said.push(text);
    for (const look of [...waiting]) look();
  });
  await page.goto(origin);
  const start = JSON.stringify({ identity: { id, secretKey: toBase64url(seed) }, network, relays });
  await page.evaluate(`globalThis.worker = new Worker('/worker.js', { type: 'module' }); worker.onmessage = ({ data }) => say(data); worker.postMessage(${start})`);
  return {
    id, page, logged,
    heard: (pattern) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = said.find((text) => pattern.test(text));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

async function echoes(testNetwork: TestNetwork, url: string, mode: string): Promise<void> {
  const { id, page, logged, heard } = await openPage(testNetwork, [url]);
  const [inbox, transport] = [new Recorder(), newTransport(testNetwork, url, await newSigner())];
  const witness = newTransport(testNetwork, url, testNetwork.witness);
  const witnessInbox = new Recorder();
  transport.open(inbox);
  witness.open(witnessInbox);
  assert.equal(await heard(/^up/), `up ${mode}`);
  await Promise.all([inbox, witnessInbox].map((recorder) => recorder.until(() => recorder.ups.length > 0)));
  for (const size of [0, 1_000, 100_000]) {
    const attachment = nacl.randomBytes(size);
    const answered = (): boolean => inbox.messages.some(({ attachment: back }) => back && sha256Id(back) === sha256Id(attachment));
    transport.send(id, { t: 'alive', at: 0 }, { attachment });
    await inbox.until(answered);
  }
  witness.publish(await testNetwork.grant(id));
  await heard(/^values 1/);
  assert.deepEqual(logged, [], 'the host page\'s console stays clean');
  await page.close();
  await Promise.all([transport.close(), witness.close()]);
}

test('in a worker: messages, blobs and values through our relay', async () => {
  policy = '';
  const testNetwork = await newTestNetwork();
  const dir = await temporaryFolder();
  const relay = await newRelay(testNetwork, dir, { allowOrigins: [origin] });
  await echoes(testNetwork, relay.url, 'direct');
  await relay.close();
  await rm(dir, { recursive: true });
});

test('in a worker: messages, chunks and values through a stock relay', async () => {
  policy = '';
  await echoes(await newTestNetwork(), await stock.url(), 'mailbox');
});

test('in a worker: a page of another origin, a policy that forbids the relay, and no relay are told apart', async () => {
  const testNetwork = await newTestNetwork();
  const dir = await temporaryFolder();
  const relay = await newRelay(testNetwork, dir, { allowOrigins: ['https://elsewhere.example'] });
  policy = '';
  const foreign = await openPage(testNetwork, [relay.url]);
  assert.equal(await foreign.heard(/^down/), 'down relay-rejected');
  await relay.close();
  const alone = await openPage(testNetwork, [relay.url]);
  assert.equal(await alone.heard(/^down/), 'down relay-unreachable');
  policy = "connect-src 'self'";
  const forbidden = await openPage(testNetwork, [relay.url]);
  assert.equal(await forbidden.heard(/^down/), 'down csp-connect');
  await Promise.all([foreign, alone, forbidden].map(({ page }) => page.close()));
  await rm(dir, { recursive: true });
});
