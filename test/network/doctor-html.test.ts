/** What `edge-net doctor` reads in HTML, of pages that were written to confuse it too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metaPolicies, ourTag, tagsOf } from '../../src/relay/doctor/html.js';

const SIZE = 400_000;

/** How long a reader that takes the text once is busy with it, as often as some other reader takes it. */
function read(html: string): number {
  const startedAt = performance.now();
  tagsOf(html);
  return performance.now() - startedAt;
}

test('HTML without ends is read once, not from every beginning anew', () => {
  const plain = read('<p class="a">text</p>'.repeat(SIZE / 21)) + 5;
  for (const part of ['<!--', '<script>', '<script ', '<script "', "<meta '", '<meta a="', '<template>', '<meta a = ', '<textarea></script>', '&#38', '<script></script ']) {
    const took = read(part.repeat(SIZE / part.length));
    assert.ok(took < 100 * plain, `${part} took ${Math.round(took)} ms, plain HTML ${Math.round(plain)} ms`);
  }
});

test('what a browser takes for text is no tag: after a comment or a script that does not end as well', () => {
  const meta = '<meta http-equiv="Content-Security-Policy" content="script-src *">';
  for (const before of ['<!--', '<script>', '<style>', '<textarea>', '<template>']) assert.deepEqual(metaPolicies(tagsOf(before + meta)), [], before);
  assert.deepEqual(metaPolicies(tagsOf(`<!-- ${meta} --><script>${meta}</script>${meta}`)), ['script-src *']);
  assert.deepEqual(metaPolicies(tagsOf(meta.slice(0, -1))), [], 'a tag that the page ends in');
});

test('the tag is found among scripts of others, and its node\'s attributes count before its own', () => {
  const tag = ourTag(tagsOf(`<script src="/a/not-edge-net.jsx"></script><SCRIPT SRC='/e/edge-net.global.js?v=1' data-relays=wss://a.example data-network='/n.json'></SCRIPT><edge-net-node relays="wss://b.example/&quot;"></edge-net-node>`));
  assert.deepEqual([tag?.src, tag?.setting('relays'), tag?.setting('network'), tag?.setting('base')], ['/e/edge-net.global.js?v=1', 'wss://b.example/"', '/n.json', undefined]);
});
