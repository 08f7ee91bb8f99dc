/**
 * What the engine knows of the task kind `semantic_match` without loading a model. It routes: each task's text is compared
 * with what every agent says of itself, and the agents come back ranked by the cosine of the two embeddings.
 */
import { fuelOf } from '../embedding/manifest.js';
import type { ModelProfile } from '../embedding/profiles.js';
import { byteLength, checkModel, checkText, estimateTokens, profileOf } from '../embedding/texts.js';
import { KernelError, type Manifest, type Meter, type Value } from '../kernel.js';

export type Agent = { readonly id: string; readonly description: string };

export interface SemanticMatchPayload {
  readonly model: string;
  readonly task: readonly string[];
  readonly agents: readonly Agent[];
  /** Matches of each task; no more than there are agents. */
  readonly k: number;
}

/** `k` matches of each task in a row, best first, equal scores by the agent's position. */
export interface SemanticMatchOutput {
  /** Ids of all agents, in the order of the payload. */
  readonly ids: readonly string[];
  /** Positions in `ids`. */
  readonly agents: Uint32Array;
  /** Cosines, from -1 to 1. */
  readonly scores: Float32Array;
  readonly k: number;
}

/** What a run consists of. */
export interface Extent {
  /** Tokens of all texts, each text counted as often as it occurs. */
  readonly tokens: number;
  readonly tasks: number;
  readonly agents: number;
}

/** 1 credit for 10 tasks. */
const PRICE_PER_TASK = 100_000;
const TASKS_MAX = 256;
const AGENTS_MAX = 256;
const ID_BYTES_MAX = 128;
const TEXT_BYTES_MAX = 8 * 1024;
const PAYLOAD_BYTES_MAX = 256 * 1024;
/** Room for the headers of a text or an agent in an encoded payload. */
const ENVELOPE_BYTES = 32;
const MATCH_BYTES = Uint32Array.BYTES_PER_ELEMENT + Float32Array.BYTES_PER_ELEMENT;
const FUEL_MAX = 30_000_000;
/** Every text is a call of the model. */
const FUEL_PER_TEXT = 1_500;
/** Multiplications a microsecond. */
const PRODUCTS_PER_FUEL = 300;

/** Fuel of a run. A description that was embedded before counts like any other: nobody else could tell. */
export function workOf(profile: ModelProfile, { tokens, tasks, agents }: Extent): number {
  return fuelOf(profile, tokens) + (tasks + agents) * FUEL_PER_TEXT + Math.ceil((tasks * agents * profile.dims) / PRODUCTS_PER_FUEL);
}

function normalise(payload: unknown): SemanticMatchPayload & Value {
  if (typeof payload !== 'object' || payload === null) throw new KernelError('bad-input', 'The payload must be an object {task, agents, k?, model?}.');
  const { task, agents, k, model } = payload as Record<string, unknown>;
  const candidates = checkAgents(agents);
  const normalised = { model: checkModel(model), task: checkTasks(task), agents: candidates, k: checkCount(k, candidates.length) };
  checkSize(normalised);
  return normalised;
}

function checkTasks(task: unknown): string[] {
  if (typeof task === 'string') return [checkText(task, 'task', TEXT_BYTES_MAX)];
  if (!Array.isArray(task) || task.length === 0) throw new KernelError('bad-input', 'task must be a string or a non-empty array of strings.');
  if (task.length > TASKS_MAX) throw new KernelError('payload-too-large', `task has ${task.length} entries; send at most ${TASKS_MAX} at once.`);
  return Array.from(task, (text, index) => checkText(text, `task[${index}]`, TEXT_BYTES_MAX));
}

function checkAgents(agents: unknown): Agent[] {
  if (!Array.isArray(agents) || agents.length === 0) throw new KernelError('bad-input', 'agents must be a non-empty array of {id, description}.');
  if (agents.length > AGENTS_MAX) throw new KernelError('payload-too-large', `agents has ${agents.length} entries; send at most ${AGENTS_MAX} at once.`);
  const positions = new Map<string, number>();
  return Array.from(agents, (agent: unknown, index) => {
    const name = `agents[${index}]`;
    if (typeof agent !== 'object' || agent === null) throw new KernelError('bad-input', `${name} must be an object {id, description}.`);
    const { id, description } = agent as Record<string, unknown>;
    const checked = { id: checkText(id, `${name}.id`, ID_BYTES_MAX), description: checkText(description, `${name}.description`, TEXT_BYTES_MAX) };
    const other = positions.get(checked.id);
    if (other !== undefined) throw new KernelError('bad-input', `${name}.id "${checked.id}" is that of agents[${other}] too; every agent needs its own.`);
    positions.set(checked.id, index);
    return checked;
  });
}

/** All agents where nothing is said. */
function checkCount(k: unknown, agents: number): number {
  if (k === undefined) return agents;
  if (typeof k !== 'number' || !Number.isInteger(k) || k < 1) throw new KernelError('bad-input', 'k must be a whole number from 1 on.');
  return Math.min(k, agents);
}

function checkSize(payload: SemanticMatchPayload & Value): void {
  const { task, agents } = payload;
  const texts = [...task, ...agents.flatMap(({ id, description }) => [id, description])];
  const bytes = texts.reduce((sum, text) => sum + byteLength(text) + ENVELOPE_BYTES, ENVELOPE_BYTES);
  if (bytes > PAYLOAD_BYTES_MAX) throw new KernelError('payload-too-large', `task and agents have ${bytes} bytes of at most ${PAYLOAD_BYTES_MAX}; send fewer or shorter ones.`);
  const { fuel } = meter(payload);
  if (fuel > FUEL_MAX) throw new KernelError('payload-too-large', `The task needs about ${Math.round(fuel / 1e6)} s of work; send at most ${FUEL_MAX / 1e6} s at once.`);
}

function meter(payload: Value): Meter {
  const { model, task, agents } = payload as unknown as SemanticMatchPayload;
  const profile = profileOf(model);
  const texts = [...task, ...agents.map(({ description }) => description)];
  const tokens = texts.reduce((sum, text) => sum + estimateTokens(text, profile), 0);
  return { price: task.length * PRICE_PER_TASK, fuel: workOf(profile, { tokens, tasks: task.length, agents: agents.length }) };
}

function present(output: Value): { matches: { id: string; score: number }[][] } {
  const { ids, agents, scores, k } = (output ?? {}) as Partial<SemanticMatchOutput>;
  const whole = Array.isArray(ids) && agents instanceof Uint32Array && scores instanceof Float32Array && typeof k === 'number' && Number.isInteger(k) && k >= 1;
  if (!whole || agents.length !== scores.length || agents.length % k !== 0 || agents.some((agent) => typeof ids[agent] !== 'string')) {
    throw new KernelError('kernel-failed', 'The result of the semantic match is malformed.');
  }
  const matches = Array.from(agents, (agent, i) => ({ id: ids[agent] as string, score: scores[i]! }));
  return { matches: Array.from({ length: matches.length / k }, (_, row) => matches.slice(row * k, (row + 1) * k)) };
}

export const manifest: Manifest = {
  kind: 'semantic_match',
  version: 1,
  equivalence: 'wasm',
  limits: {
    payloadBytesMax: PAYLOAD_BYTES_MAX,
    outputBytesMax: AGENTS_MAX * (ID_BYTES_MAX + ENVELOPE_BYTES) + TASKS_MAX * AGENTS_MAX * MATCH_BYTES,
    memoryBytesMax: 256 * 1024 * 1024,
    wallMsMax: 120_000,
  },
  normalise,
  meter,
  items: (payload) => (payload as unknown as SemanticMatchPayload).task.length,
  present,
};
