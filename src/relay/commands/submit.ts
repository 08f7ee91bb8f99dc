/** `edge-net submit` and `edge-net result`: buy one task's work, or fetch what an earlier process paid for. */
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import type { EngineHandle, TaskOptions, TaskProgress, TaskResult } from '../../engine/api.js';
import { EdgeNetError } from '../../engine/error.js';
import { openEngine } from '../../engine/host/engine.js';
import { nodeConfig } from '../../engine/node/config.js';
import { nodePlatform } from '../../engine/node/node-platform.js';
import { numberOf, printJson, say, shortId } from './output.js';

export interface ReachCommand {
  readonly relay: readonly string[];
  readonly network?: string;
  readonly data?: string;
  readonly modelBase?: string;
  readonly json?: boolean;
}

/** How a task is bought. */
export interface TermsCommand extends ReachCommand {
  readonly payload: string;
  readonly redundancy?: string;
  readonly priority?: string;
  readonly maxCredits?: string;
  readonly timeout?: string;
}

export interface SubmitCommand extends TermsCommand {
  readonly local: string;
}

/** Fields that are bytes: base64 strings in JSON. */
const BINARY_FIELDS: ReadonlySet<string> = new Set(['index', 'data', 'key', 'iv', 'module', 'input']);

export async function runSubmit(type: string, options: SubmitCommand): Promise<void> {
  const payload = await readPayload(options.payload);
  await withEngine(options, (engine) => buy(engine, type, payload, options, options.local as TaskOptions['local']));
}

/** Submits, tells of it, and prints the result. */
export async function buy(engine: EngineHandle, type: string, payload: unknown, options: TermsCommand, local: TaskOptions['local']): Promise<void> {
  engine.subscribe((event) => {
    if (event.type === 'task' && event.entry.outcome === 'running') say(`task ${event.entry.taskId} escrows ${-event.entry.credits} credits`);
  });
  const result = await engine.submit({
    type, payload,
    options: {
      redundancy: given('--redundancy', options.redundancy), maxCredits: given('--max-credits', options.maxCredits), timeout: given('--timeout', options.timeout),
      priority: options.priority as TaskOptions['priority'], local,
      onProgress: tellProgress,
    },
  });
  show(result, options.json === true);
}

export function tellProgress({ phase, loaded, total }: TaskProgress): void {
  say(total > 0 ? `${phase} ${loaded}/${total}` : phase);
}

export async function runResult(taskId: string, options: ReachCommand): Promise<void> {
  if (options.data === undefined) throw new EdgeNetError('config-invalid', 'A result is fetched with the identity that paid for it: name its folder with --data.');
  await withEngine(options, async (engine) => show(await engine.result(taskId), options.json === true));
}

export async function withEngine(options: ReachCommand, use: (engine: EngineHandle) => Promise<void>): Promise<void> {
  const config = nodeConfig({ relays: options.relay, network: options.network ?? '', modelBase: options.modelBase, local: 'never' });
  const engine = await openEngine(config, nodePlatform(config, { dataDir: options.data }));
  engine.subscribe((event) => { if (event.type === 'error') say(`${event.code}: ${event.message}`); });
  try {
    await use(engine);
  } finally {
    await engine.close();
  }
}

function show(result: TaskResult, json: boolean): void {
  say(`${result.verified ? 'verified' : 'not verified'}, by ${result.workers.map(shortId).join(', ')}, for ${result.cost} credits`);
  if (json) return printJson(result);
  const { cost: _cost, workers: _workers, verified: _verified, taskId: _taskId, ...output } = result;
  printJson(output);
}

export async function readPayload(source: string): Promise<unknown> {
  const text = source === '-' ? await readAll(process.stdin) : await readFile(source, 'utf8').catch((cause: Error) => {
    throw new EdgeNetError('bad-input', `The payload file cannot be read: ${cause.message}`, { cause });
  });
  try {
    return JSON.parse(text, (field, value: unknown) => (BINARY_FIELDS.has(field) && typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value));
  } catch (cause) {
    throw new EdgeNetError('bad-input', `The payload is no JSON: ${(cause as Error).message}`, { cause });
  }
}

export function given(option: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : numberOf(option, text);
}
