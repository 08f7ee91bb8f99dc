/** A relay and two contributors, started from the package as a project has installed it. */
import { join } from 'node:path';
import { greeted } from './shell.mjs';

/** @param project a folder that has the package installed @param data folder for keys and records */
export async function startNetwork(project, data) {
  const cli = join(project, 'node_modules/@ruvector/edge-net/dist/node/cli.js');
  const started = [];
  const start = async (...args) => {
    const process = await greeted(cli, args);
    started.push(process);
    return process.greeting;
  };
  const stop = () => Promise.all(started.toReversed().map((process) => process.stop()));
  try {
    const { url } = await start('relay', '--port', '0', '--data', join(data, 'relay'), '--json');
    // Two, so that what they return can be compared.
    for (const name of ['one', 'two']) await start('contribute', '--relay', url, '--cpu-limit', '1', '--workers', '1', '--data', join(data, name), '--json');
    return { relay: url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
