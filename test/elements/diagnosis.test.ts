/** What is said of a page's policies, without a page. How browsers read them is held to browsers in test/pages/csp-reader.test.ts. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { relayFile } from '../../src/engine/diagnosis/clock.js';
import { parseHeader } from '../../src/engine/diagnosis/csp.js';
import { amend, headerOf, obstacles, type Place } from '../../src/engine/diagnosis/needs.js';

const CDN = 'https://cdn.example/';
const place: Place = { self: 'https://shop.example', script: `${CDN}edge-net.js`, base: CDN, addresses: ['wss://relay.example/gun'], nonce: '' };
const codes = (policy: string, own: Partial<Place> = {}): string[] => [...new Set(obstacles(parseHeader(policy), { ...place, ...own }).map(({ code }) => code))].sort();

test("a page that has no origin, in a sandboxed frame or from a disk, is no 'self' to anything", () => {
  const policy = "default-src 'self' cdn.example; script-src https://cdn.example 'wasm-unsafe-eval'; worker-src blob: https://cdn.example; connect-src https://cdn.example https://relay.example wss://relay.example";
  assert.deepEqual(codes(policy, { self: 'null' }), []);
  for (const self of ['null', 'file://']) {
    const lacking = parseHeader("default-src 'self' cdn.example *:*; frame-src 'self'");
    assert.deepEqual(codes("default-src 'self'", { self }), ['csp-connect', 'csp-frame', 'csp-script', 'csp-wasm', 'csp-worker']);
    const amended = amend(lacking, { ...place, self });
    assert.deepEqual(codes(amended.map((each) => headerOf([each]).replace('Content-Security-Policy: ', '')).join(', '), { self }), []);
  }
});

test('what is printed is what then suffices, whatever the policy was', () => {
  for (const policy of ["default-src 'none'", "script-src 'nonce-x' 'strict-dynamic'", '; ;;', "script-src 'SELF' HTTPS:; worker-src BLOB:", "worker-src 'none'; child-src blob:", "require-trusted-types-for 'script'; trusted-types", 'script-src http://cdn.example:*; connect-src ws://relay.example']) {
    for (const nonce of ['', 'x']) {
      const amended = amend(parseHeader(policy), { ...place, nonce });
      const left = obstacles(amended, { ...place, nonce });
      assert.deepEqual(left.filter(({ byNonce }) => !byNonce), [], `${policy} | ${headerOf(amended)}`);
    }
  }
});

test('a relay is asked over HTTP by the same scheme, however its address is written', () => {
  for (const [relay, file] of [['wss://relay.example/gun', 'https://relay.example/healthz'], ['WSS://Relay.example:8765/gun', 'https://relay.example:8765/healthz'], ['ws://127.0.0.1:1/a/gun', 'http://127.0.0.1:1/healthz'], ['https://relay.example/gun', 'https://relay.example/healthz']]) {
    assert.equal(relayFile(relay!, '/healthz'), file);
  }
});
