import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decode, encode } from '../../src/kernels/codec.js';
import { manifest, type SemanticMatchPayload } from '../../src/kernels/semantic_match/manifest.js';
import { rank } from '../../src/kernels/semantic_match/ranking.js';
import { VectorCache, type Embedded } from '../../src/kernels/semantic_match/vector_cache.js';

const AGENTS = [{ id: 'a', description: 'first' }, { id: 'b', description: 'second' }];

const agentsOf = (count: number, description = 'x'): unknown[] => Array.from({ length: count }, (_, i) => ({ id: `agent ${i}`, description }));

describe('semantic match manifest', () => {
  it('takes one task or many, and fills in the model and all agents', () => {
    const expected = { model: 'use-lite', task: ['route me'], agents: AGENTS, k: 2 };
    assert.deepEqual(manifest.normalise({ task: 'route me', agents: AGENTS }), expected);
    assert.deepEqual(manifest.normalise({ task: ['route me'], agents: AGENTS.map((agent) => ({ ...agent, url: 'left out' })), k: 7 }), expected);
  });

  it('costs a credit for ten tasks', () => {
    const payload = manifest.normalise({ task: Array.from({ length: 10 }, (_, i) => `task ${i}`), agents: AGENTS });
    assert.equal(manifest.meter(payload).price, 1_000_000);
    assert.equal(manifest.meter(manifest.normalise({ task: 'one', agents: AGENTS })).price, 100_000);
  });

  it('is idempotent, survives the codec, and meters in integers', () => {
    const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
    const agents = fc.uniqueArray(fc.record({ id: anyText, description: anyText }), { minLength: 1, maxLength: 10, selector: ({ id }) => id.replace(/\p{Surrogate}/gu, '\uFFFD') });
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), agents, fc.constantFrom('use-lite', 'minilm', 'bge'), fc.integer({ min: 1, max: 12 }), (task, given, model, k) => {
        const payload = manifest.normalise({ task, agents: given, model, k });
        assert.deepEqual(manifest.normalise(payload), payload);
        assert.deepEqual(decode(encode(payload)), payload);
        assert.equal((payload as unknown as SemanticMatchPayload).k, Math.min(k, given.length));
        const { price, fuel } = manifest.meter(payload);
        assert.ok(Number.isSafeInteger(price) && Number.isSafeInteger(fuel) && fuel > 0);
      }),
    );
  });

  const bad: readonly (readonly [unknown, RegExp])[] = [
    [null, /payload/],
    [{ agents: AGENTS }, /^task/],
    [{ task: [], agents: AGENTS }, /^task/],
    [{ task: '', agents: AGENTS }, /^task/],
    [{ task: ['a', 7], agents: AGENTS }, /^task\[1\]/],
    [{ task: 'a' }, /^agents/],
    [{ task: 'a', agents: [] }, /^agents/],
    [{ task: 'a', agents: { id: 'a' } }, /^agents/],
    [{ task: 'a', agents: ['a'] }, /^agents\[0\]/],
    [{ task: 'a', agents: [{ id: 1, description: 'x' }] }, /^agents\[0\]\.id/],
    [{ task: 'a', agents: [{ id: '', description: 'x' }] }, /^agents\[0\]\.id/],
    [{ task: 'a', agents: [{ id: 'a' }] }, /^agents\[0\]\.description/],
    [{ task: 'a', agents: [...AGENTS, { id: 'a', description: 'third' }] }, /^agents\[2\]\.id "a" is that of agents\[0\]/],
    [{ task: 'a', agents: [{ id: '\uD800', description: 'x' }, { id: '\uDBFF', description: 'y' }] }, /^agents\[1\]\.id/],
    [{ task: 'a', agents: AGENTS, k: 0 }, /^k/],
    [{ task: 'a', agents: AGENTS, k: 1.5 }, /^k/],
    [{ task: 'a', agents: AGENTS, k: '2' }, /^k/],
    [{ task: 'a', agents: AGENTS, model: 'gpt' }, /^model/],
  ];
  for (const [payload, message] of bad) {
    it(`refuses ${JSON.stringify(payload)}`, () => assert.throws(() => manifest.normalise(payload), { code: 'bad-input', message }));
  }

  const large: readonly (readonly [string, unknown])[] = [
    ['too many tasks', { task: Array.from({ length: 257 }, () => 'a'), agents: AGENTS }],
    ['too many agents', { task: 'a', agents: agentsOf(257) }],
    ['a task too long', { task: 'é'.repeat(4097), agents: AGENTS }],
    ['an id too long', { task: 'a', agents: [{ id: 'x'.repeat(129), description: 'x' }] }],
    ['a description too long', { task: 'a', agents: agentsOf(1, 'x'.repeat(8193)) }],
    ['too many bytes in all', { task: 'a', agents: agentsOf(40, 'x'.repeat(8000)) }],
    ['too much work', { task: 'a', agents: agentsOf(100, 'x'.repeat(800)), model: 'bge' }],
  ];
  for (const [what, payload] of large) {
    it(`refuses ${what}`, () => assert.throws(() => manifest.normalise(payload), { code: 'payload-too-large' }));
  }

  it('keeps the largest payload and output within its own limits', () => {
    const ids = Array.from({ length: 256 }, (_, i) => String(i).padStart(128, '0'));
    const payload = manifest.normalise({ task: Array.from({ length: 256 }, () => 'x'.repeat(30)), agents: ids.map((id, i) => ({ id, description: 'x'.repeat(i < 24 ? 8000 : 20) })) });
    assert.ok(encode(payload).length <= manifest.limits.payloadBytesMax);
    const output = { ids, agents: new Uint32Array(256 * 256), scores: new Float32Array(256 * 256), k: 256 };
    assert.ok(encode(output).length <= manifest.limits.outputBytesMax);
  });

  it('refuses an output of another shape than the kernel’s', () => {
    const good = { ids: ['a', 'b'], agents: Uint32Array.of(1, 0), scores: Float32Array.of(0.5, 0.25), k: 1 };
    assert.deepEqual(manifest.present(good), { matches: [[{ id: 'b', score: 0.5 }], [{ id: 'a', score: 0.25 }]] });
    for (const change of [{ ids: ['a'] }, { ids: ['a', 7] }, { agents: [1, 0] }, { agents: Uint32Array.of(2, 0) }, { scores: Float32Array.of(1) }, { k: 3 }, { k: 0 }, { k: 0.5 }, { k: NaN }, { k: '1' }]) {
      assert.throws(() => manifest.present({ ...good, ...change }), { code: 'kernel-failed' }, JSON.stringify(change));
    }
    assert.throws(() => manifest.present(null), { code: 'kernel-failed' });
  });
});

describe('ranking', () => {
  const component = fc.constantFrom(-0.5, -0.25, -0, 0, 0.25, 0.5, 0.7071067690849304);
  const vector = fc.array(component, { minLength: 3, maxLength: 3 }).map((values) => Float32Array.from(values));

  it('holds every candidate once, best first, equal ones by position', () => {
    fc.assert(
      fc.property(vector, fc.array(vector, { minLength: 1, maxLength: 30 }), (query, candidates) => {
        const ranked = rank(query, candidates);
        assert.deepEqual(ranked.map(({ position }) => position).toSorted((a, b) => a - b), [...candidates.keys()]);
        ranked.slice(1).forEach((match, i) => {
          const better = ranked[i]!;
          assert.ok(better.score > match.score || (better.score === match.score && better.position < match.position));
        });
        for (const { position, score } of ranked) {
          const exact = query.reduce((sum, value, i) => sum + value * candidates[position]![i]!, 0);
          assert.ok(Object.is(score, Math.fround(score)) && !Object.is(score, -0));
          assert.ok(Math.abs(score - Math.min(1, Math.max(-1, exact))) <= 1e-7);
        }
      }),
    );
  });
});

describe('vector cache', () => {
  function cacheOf(countMax: number): { get(text: string, model?: string): Promise<Embedded>; embedded: string[] } {
    const cache = new VectorCache(countMax);
    const embedded: string[] = [];
    return {
      embedded,
      get: (text, model = 'm') =>
        cache.get(model, text, () => {
          embedded.push(text);
          return Promise.resolve({ vector: Float32Array.of(text.length), tokens: text.length });
        }),
    };
  }

  it('embeds a text once for each model', async () => {
    const { get, embedded } = cacheOf(4);
    assert.deepEqual(await get('one'), await get('one'));
    await get('one', 'other');
    assert.deepEqual(embedded, ['one', 'one']);
  });

  it('lets the least recently used go', async () => {
    const { get, embedded } = cacheOf(2);
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await get(text);
    assert.deepEqual(embedded, ['a', 'b', 'c', 'b']);
  });

  it('keeps nothing of a failure', async () => {
    const cache = new VectorCache(2);
    await assert.rejects(cache.get('m', 'a', () => Promise.reject(new Error('no model'))), /no model/);
    assert.equal((await cache.get('m', 'a', () => Promise.resolve({ vector: Float32Array.of(1), tokens: 1 }))).tokens, 1);
  });
});
