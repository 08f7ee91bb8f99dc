import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { encode } from '../../src/kernels/codec.js';
import { encoderFor } from '../../src/kernels/embedding/encoders.js';
import type { KernelContext, KernelResult } from '../../src/kernels/kernel.js';
import { kernel } from '../../src/kernels/semantic_match/kernel.js';
import { manifest, type SemanticMatchPayload } from '../../src/kernels/semantic_match/manifest.js';
import { referenceMatch } from '../../src/kernels/semantic_match/reference.js';
import { answerOfThread, contextWith, sha256 } from './embedding-context.js';
import { TEST_MODELS } from './embedding-models.js';
import { AGENTS, FIXED_OUTPUT_SHA256, FIXED_PAYLOAD, ROUTES } from './semantic_match-cases.js';

interface Match {
  readonly id: string;
  readonly score: number;
}

const WORKER = new URL('semantic_match-worker.ts', import.meta.url);

const matchesOf = ({ output }: KernelResult): Match[][] => manifest.present(output)['matches'] as Match[][];

for (const { model, profile, modelBase, skip } of TEST_MODELS) {
  describe(`semantic match with ${model}`, () => {
    const contextOf = (overrides: Partial<KernelContext> = {}): KernelContext => contextWith({ modelBase, ...overrides });
    const run = (payload: object, context = contextOf()): Promise<KernelResult> => kernel.run(manifest.normalise({ model, ...payload }), context);

    for (const [task, id] of ROUTES) {
      it(`sends “${task}” to the ${id}`, { skip }, async () => {
        const [matches] = matchesOf(await run({ task, agents: AGENTS }));
        assert.equal(matches![0]!.id, id, JSON.stringify(matches!.slice(0, 3)));
      });
    }

    it('ranks every agent once for each task, best first', { skip }, async () => {
      const matches = matchesOf(await run({ task: ROUTES.map(([task]) => task), agents: AGENTS }));
      assert.equal(matches.length, ROUTES.length);
      for (const row of matches) {
        assert.deepEqual(row.map(({ id }) => id).toSorted(), AGENTS.map(({ id }) => id).toSorted());
        row.forEach(({ score }, i) => assert.ok(Math.abs(score) <= 1 && score <= (row[i - 1]?.score ?? 1), JSON.stringify(row)));
      }
    });

    it('gives the bytes of the reference', { skip }, async () => {
      const payload = manifest.normalise({ model, task: ROUTES.slice(0, 4).map(([task]) => task), agents: AGENTS.slice(0, 6), k: 4 });
      const { output } = await kernel.run(payload, contextOf());
      const encoder = await encoderFor(model, profile, contextOf());
      assert.deepEqual(output, await referenceMatch(encoder, profile, payload as unknown as SemanticMatchPayload));
    });

    it('gives the bytes of a cold thread, whatever it has matched before', { skip }, async () => {
      const payload = manifest.normalise({ ...FIXED_PAYLOAD, model });
      const cold = await answerOfThread(WORKER, { payload, modelBase });
      if (model === 'use-lite') assert.equal(cold, FIXED_OUTPUT_SHA256);
      await run({ task: AGENTS.map(({ description }) => description), agents: AGENTS.toReversed() });
      for (let i = 0; i < 2; i++) assert.equal(sha256(encode((await kernel.run(payload, contextOf())).output)), cold);
    });

    it('embeds a description once, and charges the same for it', { skip }, async () => {
      const agents = [{ id: 'a', description: `Only this test of ${model} says so.` }, { id: 'b', description: `And this, of ${model} too.` }];
      const encoder = await encoderFor(model, profile, contextOf());
      const calls = mock.method(encoder, 'run').mock;
      try {
        const first = await run({ task: 'What does it say?', agents });
        assert.equal(calls.callCount(), 3);
        const second = await run({ task: 'What does it say?', agents });
        assert.equal(calls.callCount(), 4);
        assert.deepEqual(second, first);
        assert.ok(first.fuel > 0 && Number.isInteger(first.fuel));
      } finally {
        calls.restore();
      }
    });

    it('scores an agent by its own description alone', { skip }, async () => {
      const scoresOf = async (agents: typeof AGENTS): Promise<Map<string, number>> => {
        const [row] = matchesOf(await run({ task: ROUTES[0]![0], agents }));
        return new Map(row!.map(({ id, score }) => [id, score]));
      };
      const all = await scoresOf(AGENTS);
      for (const agent of AGENTS) assert.equal((await scoresOf([agent])).get(agent.id), all.get(agent.id));
      assert.deepEqual(await scoresOf(AGENTS.toReversed()), new Map([...all]));
    });

    it('puts agents of one description in their own order, after the one that says it word for word', { skip }, async () => {
      const agents = [
        { id: 'z', description: 'Knows about trains.' },
        { id: 'exact', description: 'Knows about boats.' },
        { id: 'a', description: 'Knows about trains.' },
      ];
      const [row] = matchesOf(await run({ task: 'Knows about boats.', agents }));
      assert.deepEqual(row!.map(({ id }) => id), ['exact', 'z', 'a']);
      assert.ok(row![0]!.score > 1 - 1e-6);
      assert.equal(row![1]!.score, row![2]!.score);
    });

    it('tells how far it is, and stops when it is aborted', { skip }, async () => {
      const progress: unknown[] = [];
      await run({ task: ['one', 'two'], agents: AGENTS.slice(0, 3) }, contextOf({ progress: (...step) => progress.push(step) }));
      assert.deepEqual(progress, [1, 2, 3, 4, 5].map((done) => ['embed', done, 5]));
      const controller = new AbortController();
      const context = contextOf({ signal: controller.signal, breathe: () => Promise.resolve(controller.abort(new Error('enough'))) });
      await assert.rejects(run({ task: 'one', agents: AGENTS }, context), /enough/);
    });
  });
}

describe('semantic match', () => {
  it('checks again what a stranger sends', async () => {
    await assert.rejects(kernel.run({ task: ['x'], agents: [], k: 1 }, contextWith()), { code: 'bad-input', message: /agents/ });
    await assert.rejects(kernel.run(null, contextWith()), { code: 'bad-input' });
  });

  it('names a model that is not there', async () => {
    const running = kernel.run(manifest.normalise({ task: 'x', agents: AGENTS }), contextWith({ modelBase: '/nowhere' }));
    await assert.rejects(running, { code: 'model-missing', message: /nowhere\/use-lite/ });
  });
});
