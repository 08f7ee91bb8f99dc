/** `edge-net contribute`: a Node process that works for the network. */
import type { EngineHandle } from '../../engine/api.js';
import { openEngine } from '../../engine/host/engine.js';
import { nodeConfig } from '../../engine/node/config.js';
import { nodePlatform } from '../../engine/node/node-platform.js';
import { numberOf, printJson, say, shortId, untilStopped } from './output.js';

export interface ContributeCommand {
  readonly relay: readonly string[];
  readonly network?: string;
  readonly cpuLimit: string;
  readonly workers?: string;
  readonly tasks?: readonly string[];
  readonly modelBase?: string;
  readonly site?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export async function runContribute(options: ContributeCommand): Promise<void> {
  const config = nodeConfig({
    relays: options.relay, network: options.network ?? '', contribute: true, cpuLimit: numberOf('--cpu-limit', options.cpuLimit), tasks: options.tasks ?? [],
    workersMax: options.workers === undefined ? undefined : numberOf('--workers', options.workers), modelBase: options.modelBase, siteId: options.site ?? '',
  });
  const engine = await openEngine(config, nodePlatform(config, { dataDir: options.data }));
  engine.subscribe((event) => {
    if (event.type === 'task' && event.entry.outcome !== 'running') say(`${event.entry.outcome.padEnd(9)} ${event.entry.kind} for ${shortId(event.entry.parties[0] ?? '')}  ${event.entry.credits} credits, ${Math.round(event.entry.busyMs)} ms`);
    if (event.type === 'error') say(`${event.code}: ${event.message}`);
  });
  const stopped = untilStopped();
  await Promise.race([untilSeated(engine), stopped]);
  say(`contributor ${shortId(engine.state.nodeId)} on ${engine.state.link} link, ${config.cpuLimit * 100} % of each core`);
  if (options.json) printJson({ node: engine.state.nodeId, link: engine.state.link });
  await stopped;
  await engine.close();
}

/** Linked, and seen in a roster. */
export function untilSeated(engine: EngineHandle): Promise<void> {
  const seated = (): boolean => (engine.state.status === 'idle' || engine.state.status === 'working') && engine.state.stats.peers > 0;
  return untilState(engine, seated);
}

export function untilState(engine: EngineHandle, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (holds()) return resolve();
    const unsubscribe = engine.subscribe((event) => {
      if (event.type !== 'state' || !holds()) return;
      unsubscribe();
      resolve();
    });
  });
}
