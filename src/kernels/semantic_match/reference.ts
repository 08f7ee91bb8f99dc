/**
 * The slow, plain version: nothing is kept from one run to the next or from one text to another. For every pair both texts
 * are embedded anew, and the best agent left is looked for `k` times.
 */
import type { Encoder } from '../embedding/encoder.js';
import { embedBatch } from '../embedding/encoders.js';
import type { ModelProfile } from '../embedding/profiles.js';
import type { SemanticMatchOutput, SemanticMatchPayload } from './manifest.js';

export async function referenceMatch(encoder: Encoder, profile: ModelProfile, { task, agents, k }: SemanticMatchPayload): Promise<SemanticMatchOutput> {
  const vectorOf = async (text: string): Promise<Float32Array> => (await embedBatch(encoder, profile, [encoder.tokenise(text)]))[0]!;
  const positions: number[] = [];
  const scores: number[] = [];
  for (const text of task) {
    const row: number[] = [];
    for (const { description } of agents) {
      const [a, b] = [await vectorOf(text), await vectorOf(description)];
      const dot = Math.fround(a.reduce((sum, value, i) => sum + value * b[i]!, 0));
      row.push(Math.max(-1, Math.min(1, dot)));
    }
    const left = new Set(agents.keys());
    for (let i = 0; i < k; i++) {
      const best = Math.max(...Array.from(left, (position) => row[position]!));
      const position = Array.from(left).find((candidate) => row[candidate] === best)!;
      left.delete(position);
      positions.push(position);
      scores.push(best);
    }
  }
  return { ids: agents.map(({ id }) => id), agents: Uint32Array.from(positions), scores: Float32Array.from(scores), k };
}
