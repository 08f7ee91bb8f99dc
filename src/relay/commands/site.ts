/** `edge-net site`: the site's account, whose key stays in --data, and the name that pages call it by. */
import { EdgeNetError } from '../../engine/error.js';
import type { EngineHandle } from '../../engine/api.js';
import { untilState } from './contribute.js';
import { printJson, say } from './output.js';
import { withEngine, type ReachCommand } from './submit.js';

export async function runSiteCreate(name: string, options: ReachCommand): Promise<void> {
  await withAccount(options, async (engine) => {
    const record = await engine.registerName(name);
    say(`${name} is the name of ${engine.state.nodeId}. Write site-id="${name}" in the tag.`);
    if (options.json) printJson({ name, account: engine.state.nodeId, record });
  });
}

export async function runSiteShow(options: ReachCommand): Promise<void> {
  await withAccount(options, async (engine) => {
    await untilState(engine, () => engine.state.link !== 'none' && engine.state.ledger !== null);
    const { nodeId, name, stats } = engine.state;
    say(name ? `${name}: ${nodeId}` : `${nodeId}, which has no name yet: edge-net site create NAME`);
    if (options.json) printJson({ account: nodeId, name, credits: stats.credits, pending: stats.pending, staked: stats.staked });
  });
}

/** A site is an account that lasts. */
function withAccount(options: ReachCommand, use: (engine: EngineHandle) => Promise<void>): Promise<void> {
  if (options.data === undefined) throw new EdgeNetError('config-invalid', "A site's key has to be kept: name a folder for it with --data.");
  return withEngine(options, use);
}
