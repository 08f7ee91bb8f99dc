/** `edge-net doctor` and `edge-net site`: against real relays, one that is dead, and pages as servers send them. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startStockRelay } from '../pages/harness.js';
import { examinePage } from '../../src/relay/doctor/examine-page.js';
import { edgeNet, type Ended, type Net, run, startNet } from './harness.js';

let net: Net;
const closing: (() => unknown)[] = [];
before(async () => { net = await startNet({ contributors: 1 }); });
after(async () => {
  await Promise.all(closing.map((close) => close()));
  await net.close();
});

interface Told {
  readonly about: string;
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
  readonly fix: string;
}

const doctor = (...args: string[]): Promise<Ended> => run(['doctor', '--json', '--data', join(net.dir, 'doctor'), ...args]);
const findings = ({ json }: Ended): readonly Told[] => json['findings'] as Told[];
const one = (ended: Ended, check: string): Told => findings(ended).find((finding) => finding.check === check)!;
const failed = (ended: Ended): string[] => findings(ended).filter(({ ok }) => !ok).map(({ check }) => check);

/** Every failure tells what to do, in a sentence; nothing else does. */
function assertFixes(all: readonly Told[]): void {
  for (const { ok, fix, found } of all) assert.ok(found !== '' && (ok ? fix === '' : /^[A-Z].+\.$/su.test(fix)), `${found} | ${fix}`);
}

async function serve(answer: Parameters<typeof createServer>[1]): Promise<{ readonly origin: string; readonly server: Server }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test('a machine and a relay that are well', async () => {
  const ended = await doctor('--relay', net.url);
  assert.deepEqual([ended.code, ended.json['ok'], failed(ended)], [0, true, []], ended.stderr);
  assert.deepEqual(findings(ended).map(({ check }) => check), ['node', 'wasm', 'threads', 'package', 'data', 'reachable', 'clock', 'descriptor', 'link', 'witness']);
  assert.match(one(ended, 'link').found, /^direct/u);
  assertFixes(findings(ended));
});

test('a data folder that is none, and keys that others may read', async () => {
  const [file, dir] = [join(net.dir, 'a-file'), join(net.dir, 'open')];
  await writeFile(file, '');
  await mkdir(dir);
  await writeFile(join(dir, 'identity.json'), '{}');
  await chmod(join(dir, 'identity.json'), 0o644);
  const [none, open] = await Promise.all([run(['doctor', '--json', '--data', file]), run(['doctor', '--json', '--data', dir])]);
  assert.deepEqual([none.code, failed(none), open.code, failed(open)], [1, ['data'], 1, ['keys']]);
  assert.match(one(open, 'keys').fix, /chmod 600/u);
  assertFixes([...findings(none), ...findings(open)]);
});

test('a relay that is not there, and an address that is none', async () => {
  const ended = await doctor('--relay', 'ws://127.0.0.1:9/gun', 'nonsense');
  assert.deepEqual([ended.code, failed(ended)], [1, ['reachable', 'address']]);
  assertFixes(findings(ended));
});

test('a server whose clock is an hour behind, and which serves no descriptor', async () => {
  const { origin } = await serve((_, response) => response.writeHead(200, { date: new Date(Date.now() - 3_600_000).toUTCString() }).end('{}'));
  const ended = await doctor('--relay', `${origin}/gun`);
  assert.deepEqual([ended.code, failed(ended)], [1, ['clock', 'descriptor']], ended.stderr);
  assert.match(one(ended, 'clock').found, /^3\d{3} s ahead of the relay/u);
  assertFixes(findings(ended));
});

test('a stock relay whose witness is away, and then there', async () => {
  await mkdir(join(net.dir, 'stock'));
  const stock = await startStockRelay(join(net.dir, 'stock'));
  closing.push(() => stock.stop());
  const { url } = stock.greeting;
  const [data, descriptor] = [join(net.dir, 'stock-witness'), join(net.dir, 'stock.json')];
  await run(['network', 'init', '--data', data, '--out', descriptor]);
  const away = await doctor('--relay', url, '--network', descriptor);
  assert.deepEqual([away.code, failed(away)], [1, ['witness']], away.stderr);
  assert.match(one(away, 'link').found, /^mailbox/u);
  const witness = edgeNet(['witness', '--relay', url, '--network', descriptor, '--data', data, '--json']);
  await witness.ready;
  const there = await doctor('--relay', url, '--network', descriptor);
  assert.deepEqual([there.code, failed(there)], [0, []], there.stderr);
  await witness.kill();
});

test('a page: its tag, its files, its policy, its relay, and whether that serves it', async () => {
  let policy = "default-src 'self'";
  const files = await serve((_, response) => response.writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' }).end(''));
  const site = await serve((_, response) => response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy })
    .end(`<!doctype html><head><script async src="${files.origin}/edge-net.global.js" data-relays="${url}"></script></head>`));
  const relay = edgeNet(['relay', '--port', '0', '--data', join(net.dir, 'picky'), '--allow-origin', 'https://else.example', '--json']);
  closing.push(() => relay.kill());
  const { url } = (await relay.ready) as { url: string };
  const refused = await doctor('--page', `${site.origin}/`);
  assert.deepEqual([refused.code, failed(refused)], [1, ['origin', 'script', 'wasm', 'worker', 'connect', 'frame']], refused.stderr);
  assert.match(one(refused, 'origin').fix, new RegExp(`--allow-origin ${site.origin}`, 'u'));
  assertFixes(findings(refused));
  assert.ok(refused.stderr.includes(String(refused.json['header'])), 'said to people as well');
  policy = String(refused.json['header']).replace(/^Content-Security-Policy: /u, '');
  assert.match(policy, /^default-src 'self'; /u, 'what the page had before stays');
  const mended = await doctor('--page', `${site.origin}/`);
  assert.deepEqual(failed(mended), ['origin'], mended.stderr);
});

/** What doctor says of a page with this HTML and policy. */
async function examine(html: string, policy = '', headers: Readonly<Record<string, string>> = {}): Promise<{ readonly failed: readonly string[]; readonly header: string; readonly fixes: readonly string[] }> {
  const { origin, server } = await serve(({ url }, response) => {
    if (url?.endsWith('.js')) return void response.writeHead(200, { 'content-type': 'text/javascript' }).end('');
    response.writeHead(200, { 'content-type': 'text/html', ...(policy && { 'content-security-policy': policy }), ...headers }).end(html);
  });
  const { findings: all, header } = await examinePage(`${origin}/`, []);
  server.close();
  assertFixes(all);
  return { failed: all.filter(({ ok }) => !ok).map(({ check }) => check), header, fixes: all.map(({ fix }) => fix).filter(Boolean) };
}

const OWN = '<!doctype html><script type="module" nonce="abc" src="/edge-net/edge-net.js"></script><edge-net-node relays="wss://relay.example/gun"></edge-net-node>';

test('pages from their own origin, policies in headers and in the page', async () => {
  const good = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self' https://relay.example wss://relay.example";
  assert.deepEqual((await examine(OWN)).failed, []);
  assert.deepEqual((await examine(OWN, good)).failed, []);
  assert.deepEqual((await examine(`<meta http-equiv="Content-Security-Policy" content="${good}">${OWN}`)).failed, []);
  assert.deepEqual((await examine(OWN, good.replace("'self' blob:", 'blob:'))).failed, ['worker']);
  assert.deepEqual((await examine(OWN, good.replace('https://relay.example ', ''))).failed, ['connect']);
  assert.deepEqual((await examine(`<meta content='${good.replace("'wasm-unsafe-eval'", '').replaceAll("'", '&#39;')}' http-equiv=content-security-policy>${OWN}`, good)).failed, ['wasm']);
  assert.deepEqual((await examine(OWN, `${good}; trusted-types edge-net; require-trusted-types-for 'script'`)).failed, ['trusted-types']);
  assert.deepEqual((await examine(`<!-- ${OWN} -->`)).failed, ['tag']);
  assert.ok((await examine('', "script-src 'none'")).header.includes('https://cdn.jsdelivr.net'), 'without a tag, what one from the CDN needs');
  assert.deepEqual((await examine('<script src="/edge-net.js"></script>')).failed, ['relays']);
  assert.deepEqual((await examine(OWN.replace('nonce="abc"', ''), "script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'")).failed, ['script', 'frame', 'nonce']);
  assert.deepEqual((await examine(OWN, "script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'")).failed, []);
});

test('files from another origin have that origin among the workers\' sources, for Firefox', async () => {
  const { origin } = await serve((_, response) => response.writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' }).end(''));
  const tag = OWN.replace('/edge-net/', `${origin}/`);
  const policy = `script-src ${origin} 'wasm-unsafe-eval'; worker-src blob:; connect-src ${origin} https://relay.example wss://relay.example`;
  const { failed: lacking, header } = await examine(tag, policy);
  assert.deepEqual(lacking, ['worker']);
  assert.ok(header.includes(`; worker-src blob: ${origin}; `), header);
  assert.deepEqual((await examine(tag, header.replace('Content-Security-Policy: ', ''))).failed, []);
});

test('the header that is printed leaves nothing of the policy to complain of, and lets nothing else through', async () => {
  for (const policy of ["default-src 'none'", "default-src 'self'; script-src 'none'; worker-src 'none'; connect-src 'none'", "script-src 'nonce-abc'; object-src 'none'", "default-src https:, connect-src 'self'", "script-src-elem 'self'; script-src 'none'", "require-trusted-types-for 'script'; trusted-types 'none'"]) {
    const { header, failed: before } = await examine(OWN, policy);
    assert.ok(before.length > 0, policy);
    const amended = header.split('\n').map((line) => line.replace('Content-Security-Policy: ', '')).join(', ');
    assert.deepEqual((await examine(OWN, amended)).failed, [], amended);
    for (const directive of ['img-src', 'style-src', "'unsafe-inline'", "'unsafe-eval'", '*']) assert.ok(!amended.split(/[;\s,]+/u).includes(directive), amended);
  }
});

test('a page of addresses that lead to no file is told from one without our tag, and nothing breaks', async () => {
  for (const [html, failed] of [
    [OWN.replace('src="/edge-net/edge-net.js"', 'src="data:text/javascript,/edge-net.js"'), ['tag', 'script', 'worker', 'frame']],
    [OWN.replace('relays=', 'base="data:," relays='), []],
    [OWN.replace('relays=', 'base="about:blank" model-base="mailto:a" network="javascript:0" relays='), []],
    [OWN.replace('wss://relay.example/gun', 'mailto:relay WSS:// https://relay.example/gun'), []],
  ] as const) assert.deepEqual((await examine(html, "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src *")).failed, failed, html);
});

test('a page that never ends is read as far as a page goes', async () => {
  const chunk = Buffer.alloc(65_536, ' ');
  const { origin } = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).write(OWN);
    const more = (): void => { while (response.write(chunk)); };
    response.on('drain', more);
    more();
  });
  const { findings: all } = await examinePage(`${origin}/`, []);
  assert.equal(all.find(({ check }) => check === 'tag')?.ok, true);
});

test('a site is created, shown, and kept by who had the name first', async () => {
  const data = join(net.dir, 'site');
  const created = await run(['site', 'create', 'corner-shop', '--relay', net.url, '--data', data, '--json']);
  assert.equal(created.code, 0, created.stderr);
  const shown = await run(['site', 'show', '--relay', net.url, '--data', data, '--json']);
  assert.deepEqual([shown.json['name'], shown.json['account']], ['corner-shop', created.json['account']], shown.stderr);
  const taken = await run(['site', 'create', 'corner-shop', '--relay', net.url, '--data', join(net.dir, 'other-site'), '--json']);
  assert.deepEqual([taken.code, (taken.json['error'] as { code: string }).code], [1, 'bad-input'], taken.stderr);
  const keyless = await run(['site', 'show', '--relay', net.url, '--json']);
  assert.deepEqual([keyless.code, (keyless.json['error'] as { code: string }).code], [1, 'config-invalid']);
});
