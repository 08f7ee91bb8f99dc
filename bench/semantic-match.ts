/**
 * Task-to-agent routing: our kernel against bare transformers.js doing the same, with the same model and one thread: the
 * agents embedded in one batch and kept, the tasks in another, cosines, sorted.
 */
import { kernel } from '../src/kernels/semantic_match/kernel.js';
import { manifest } from '../src/kernels/semantic_match/manifest.js';
import { buildModel, contextWith } from '../test/kernels/embedding-context.js';
import { PAIRS } from '../test/kernels/embedding-sentences.js';
import { barePipeline } from './embedding.js';
import { race, significant } from './race.js';

const AGENTS = 24;
const TASKS = 10;
const K = 3;
const ROUNDS = 7;

interface Figures {
  readonly tasksPerSecond: number;
  /** Over 1 where the kernel is faster. */
  readonly relativeToBare: number;
}

function ranked(task: Float32Array, agents: readonly Float32Array[]): { agent: number; score: number }[] {
  return agents
    .map((agent, position) => ({ agent: position, score: agent.reduce((sum, value, i) => sum + value * task[i]!, 0) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, K);
}

export async function bench(): Promise<Record<'agentsKnown' | 'agentsNew', Figures>> {
  buildModel();
  const sentence = (i: number): string => PAIRS[i % PAIRS.length]![Math.floor(i / PAIRS.length) % 2]!;
  const tasks = Array.from({ length: TASKS }, (_, i) => sentence(i));
  const agentsOf = (edition: string): string[] => Array.from({ length: AGENTS }, (_, i) => `${sentence(TASKS + i)}${edition}`);

  const match = (descriptions: readonly string[]): Promise<unknown> => {
    const agents = descriptions.map((description, i) => ({ id: `agent-${i}`, description }));
    return kernel.run(manifest.normalise({ task: tasks, agents, k: K }), contextWith());
  };
  await match(agentsOf(''));

  const extract = await barePipeline();
  const embed = async (texts: string[]): Promise<Float32Array[]> => {
    const { data } = (await extract(texts)) as { data: Float32Array };
    const dims = data.length / texts.length;
    return texts.map((_, i) => data.subarray(i * dims, (i + 1) * dims));
  };
  const bareMatch = async (agents: readonly Float32Array[]): Promise<unknown> => (await embed(tasks)).map((task) => ranked(task, agents));
  const kept = await embed(agentsOf(''));

  const known = await race({ kernel: () => match(agentsOf('')), bare: () => bareMatch(kept) }, { rounds: ROUNDS });
  // Nothing that was seen before: each turn has descriptions of its own.
  let edition = 0;
  const fresh = (): string[] => agentsOf(` ${++edition}`);
  const anew = await race({ kernel: () => match(fresh()), bare: async () => bareMatch(await embed(fresh())) }, { rounds: ROUNDS });
  const figures = ({ ms, speedup }: typeof known): Figures => ({ tasksPerSecond: significant((TASKS * 1e3) / ms.kernel), relativeToBare: speedup('kernel', 'bare') });
  return { agentsKnown: figures(known), agentsNew: figures(anew) };
}
