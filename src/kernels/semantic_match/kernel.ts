/**
 * Task-to-agent routing: embeds tasks and agents' descriptions, and ranks the agents for each task.
 *
 * With eight-bit weights a text's embedding depends on the batch it ran in. Here every text runs by itself, so that its
 * embedding is a function of the text alone, and one that is kept from an earlier run has the bits it would have in this one.
 */
import type { Encoder } from '../embedding/encoder.js';
import { embedBatch, encoderFor } from '../embedding/encoders.js';
import type { ModelProfile } from '../embedding/profiles.js';
import { profileOf } from '../embedding/texts.js';
import { KernelError, type Kernel, type KernelContext, type KernelResult, type Value } from '../kernel.js';
import { manifest, workOf, type SemanticMatchOutput, type SemanticMatchPayload } from './manifest.js';
import { rank } from './ranking.js';
import { VectorCache, type Embedded } from './vector_cache.js';

/** 2 MB of vectors: the agents of several routers. Tasks seldom come twice and are not kept. */
const DESCRIPTIONS_MAX = 1024;

const descriptions = new VectorCache(DESCRIPTIONS_MAX);

async function match(encoder: Encoder, profile: ModelProfile, payload: SemanticMatchPayload, context: KernelContext): Promise<KernelResult> {
  const { model, task, agents, k } = payload;
  const total = task.length + agents.length;
  let done = 0;

  async function embed(text: string): Promise<Embedded> {
    const tokens = encoder.tokenise(text);
    const [vector] = await embedBatch(encoder, profile, [tokens]);
    return { vector: vector!, tokens: tokens.length };
  }

  async function embedAll(texts: readonly string[], one: (text: string) => Promise<Embedded>): Promise<Embedded[]> {
    const all: Embedded[] = [];
    for (const text of texts) {
      context.signal.throwIfAborted();
      all.push(await one(text));
      context.progress('embed', ++done, total);
      await context.breathe();
    }
    return all;
  }

  const described = await embedAll(agents.map(({ description }) => description), (text) => descriptions.get(model, text, () => embed(text)));
  const asked = await embedAll(task, embed);

  const candidates = described.map(({ vector }) => vector);
  const output = { ids: agents.map(({ id }) => id), agents: new Uint32Array(task.length * k), scores: new Float32Array(task.length * k), k };
  for (const [row, { vector }] of asked.entries()) {
    const matches = rank(vector, candidates);
    for (let i = 0; i < k; i++) {
      output.agents[row * k + i] = matches[i]!.position;
      output.scores[row * k + i] = matches[i]!.score;
    }
    await context.breathe();
  }
  const tokens = [...described, ...asked].reduce((sum, embedded) => sum + embedded.tokens, 0);
  return { output: output satisfies SemanticMatchOutput, fuel: workOf(profile, { tokens, tasks: task.length, agents: agents.length }) };
}

/** @throws KernelError `model-missing`, `model-mismatch`, `kernel-failed`; the signal's reason when aborted */
async function run(payload: Value, context: KernelContext): Promise<KernelResult> {
  const normalised = manifest.normalise(payload) as unknown as SemanticMatchPayload;
  const profile = profileOf(normalised.model);
  context.signal.throwIfAborted();
  const encoder = await encoderFor(normalised.model, profile, context);
  try {
    return await match(encoder, profile, normalised, context);
  } catch (cause) {
    context.signal.throwIfAborted();
    throw new KernelError('kernel-failed', `The model "${normalised.model}" failed: ${(cause as Error).message}`);
  }
}

export const kernel: Kernel = { kind: manifest.kind, version: manifest.version, run };
