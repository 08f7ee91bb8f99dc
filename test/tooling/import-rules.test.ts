import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSources, violations } from '../../scripts/import-rules.mjs';

const check = (path: string, source: string): string[] => violations(new Map([[path, source]]));

const allowed: readonly (readonly [string, string])[] = [
  ['src/elements/consent/badge.ts', `import { html } from 'lit/html.js'; import { palette } from '../shared/palette.js';`],
  ['src/elements/node/init.ts', `export type * from '../../engine/index.js';`],
  ['src/engine/core/record.ts', `import { sha256 } from '@noble/hashes/sha2.js'; import type { Machine } from '../ports/machine.js';`],
  ['src/engine/core/message.ts', `type Message = { t: 'fetch' }; const timers = { fetch: (task: string) => task }; timers.fetch('crypto');`],
  ['src/engine/core/network.ts', `type Of = (self: string) => boolean; const of = (self: string) => self === 'a';`],
  ['src/engine/core/peer/peer.ts', `import { b } from '../record.js'; Math.floor(Math.exp(b)); /** A Promise, at this Date. */`],
  ['src/engine/worker/compute-worker.ts', `import { load } from '../../kernels/registry.js';`],
  ['src/engine/host/tasks.ts', `import { manifests } from '../../kernels/manifests.js';`],
  ['src/kernels/embedding/kernel.ts', `import { KernelError } from '../kernel.js'; await import('@huggingface/transformers');`],
];

const forbidden: readonly (readonly [string, string, RegExp])[] = [
  ['src/elements/badge.ts', `import { Peer } from '../engine/core/peer/peer.js';`, /badge\.ts:1 must not import \.\.\/engine\/core/],
  ['src/elements/badge.ts', `import type { Peer } from '../engine/core/peer/peer.js';`, /must not import/],
  ['src/elements/badge.ts', `const late = () => import('../engine/client.js');`, /must not import/],
  ['src/elements/badge.ts', `let peer: import('../engine/api.js').Task;`, /must not import/],
  ['src/elements/badge.ts', `export * from '../engine/api.js';`, /must not import/],
  ['src/elements/badge.ts', `import fs from 'node:fs';`, /must not import node:fs/],
  ['src/engine/core/a.ts', `import { PortError } from '../ports/storage.js';`, /must not import/],
  ['src/engine/core/a.ts', `import nacl from 'tweetnacl';`, /must not import tweetnacl/],
  ['src/engine/driver/driver.ts', `import { open } from '../adapters/clock.js';`, /must not import/],
  ['src/engine/adapters/clock.ts', `import { openEngine } from '../host/engine.js';`, /must not import/],
  ['src/engine/host/tasks.ts', `import { run } from '../../kernels/embedding/kernel.js';`, /must not import/],
  ['src/engine/host/tasks.ts', `import { load } from '../../kernels/registry.js';`, /must not import/],
  ['src/engine/index.ts', `import { openEngine } from './host/engine.js';`, /must not import/],
  ['src/kernels/embedding/kernel.ts', `import { topK } from '../vector_search/kernel.js';`, /must not import/],
  ['src/kernels/embedding/kernel.ts', `import { sha256Id } from '../../engine/core/encoding.js';`, /must not import/],
  ['src/kernels/kernel.ts', `import { encode } from './codec.js';`, /must not import/],
  ['src/relay/cli.ts', `import { hub } from '../elements/hub.js';`, /must not import/],
  ['src/unknown/file.ts', ``, /no rule covers/],
];

const impure: readonly (readonly [string, string])[] = [
  ['const now = Date.now();', 'Date'],
  ['const now = new Date();', 'Date'],
  ['const { random } = Math;', 'Math.random'],
  ['Math.random();', 'Math.random'],
  [`Math['random']();`, 'Math.random'],
  ['setTimeout(() => {}, 1);', 'setTimeout'],
  ['const later = setTimeout;', 'setTimeout'],
  ['export async function step() {}', 'async function'],
  ['const step = async () => 1;', 'async function'],
  ['let next: Promise<void>;', 'Promise'],
  ['crypto.getRandomValues(bytes);', 'crypto'],
  ['const tools = { crypto };', 'crypto'],
  ['performance.now();', 'performance'],
  [`fetch('/');`, 'fetch'],
  [`globalThis['fet' + 'ch']('/');`, 'globalThis'],
  ['self.close();', 'self'],
  ['await step();', 'await'],
];

test('imports along the one-way flow are allowed', () => {
  for (const [path, source] of allowed) assert.deepEqual(check(path, source), [], `${path}: ${source}`);
});

test('imports against it are caught, whatever their form', () => {
  for (const [path, source, message] of forbidden) assert.match(check(path, source).join('\n'), message, `${path}: ${source}`);
});

test('clock, chance, I/O and promises are caught in the core, and nowhere else', () => {
  for (const [source, what] of impure) {
    assert.deepEqual(check('src/engine/core/a.ts', source), [`src/engine/core/a.ts:1 the core is synchronous and has no ${what}`]);
    assert.deepEqual(check('src/engine/driver/a.ts', source), []);
  }
});

test('a second file that imports gun is caught, on each side', () => {
  const gun = `import Gun from 'gun/gun.js';`;
  const found = violations(new Map([['src/engine/adapters/transport/a.ts', gun], ['src/engine/adapters/transport/b.ts', gun], ['src/relay/c.ts', gun]]));
  assert.equal(found.length, 1);
  assert.match(found[0]!, /transport\/b\.ts:1 gun is imported in .*a\.ts already/);
});

test('a violation slipped into the real tree is caught there', async () => {
  const sources = await readSources();
  const before = violations(sources).length;
  const path = 'src/engine/core/peer/peer.ts';
  sources.set(path, `${sources.get(path)!}\nexport const startedAt = Date.now();\n`);
  assert.equal(violations(sources).length, before + 1);
});
