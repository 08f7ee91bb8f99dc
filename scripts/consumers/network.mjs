/** A relay and a contributor, started from the package as a project has installed it. */
import { join } from 'node:path';
import { greeted } from './shell.mjs';

/** @param project a folder that has the package installed @param data folder for keys and records */
export async function startNetwork(project, data) {
  const cli = join(project, 'node_modules/@ruvector/edge-net/dist/node/cli.js');
  const relay = await greeted(cli, ['relay', '--port', '0', '--data', join(data, 'relay'), '--json']);
  const contributor = await greeted(cli, ['contribute', '--relay', relay.greeting.url, '--cpu-limit', '1', '--workers', '1', '--data', join(data, 'contributor'), '--json']).catch(async (error) => {
    await relay.stop();
    throw error;
  });
  return {
    relay: relay.greeting.url,
    async stop() {
      await Promise.all([contributor.stop(), relay.stop()]);
    },
  };
}
