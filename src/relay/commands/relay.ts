/** `edge-net relay`: the GUN relay with its guard, and the witness beside it in the same process. */
import { fileURLToPath } from 'node:url';
import { EdgeNetError } from '../../engine/error.js';
import { ASSET_BASE, readLocation } from '../../engine/node/node-platform.js';
import { foundNetwork, parseDescriptor, readNetwork, type LoadedNetwork } from '../data-dir.js';
import { startRelay } from '../relay.js';
import { loadWitnessSigner, startWitness } from '../witness.js';
import { numberOf, printJson, say, shortId, untilStopped } from './output.js';

export interface RelayCommand {
  readonly port: string;
  readonly host: string;
  readonly data: string;
  readonly network?: string;
  readonly name: string;
  readonly allowOrigin?: readonly string[];
  readonly static?: string;
  readonly json?: boolean;
}

/** The demo page, the pages it links to, and what they load. Whatever else lies in the folder, data of contributors among it, is nobody's business. */
const PACKAGE = {
  staticDir: fileURLToPath(new URL('../../', ASSET_BASE)),
  staticOnly: ['index.html', 'custom-elements.json', 'dist', 'examples', 'stories', 'site'],
};

const PORT_MAX = 65_535;

export async function runRelay(options: RelayCommand): Promise<void> {
  const signer = await loadWitnessSigner(options.data);
  const { file, network } = await networkOf(options, signer);
  const relay = await startRelay({
    port: portOf(options.port), host: options.host, dataDir: options.data, network: file, parsed: network, signer,
    allowOrigins: options.allowOrigin, ...(options.static === undefined ? PACKAGE : { staticDir: options.static }),
  });
  const witness = await startWitness({ network, signer, dataDir: options.data, transport: () => relay.local(signer.id), log: say });
  say(`relay     ${relay.url}`);
  say(`network   ${network.name} ${shortId(network.net)}  witness ${shortId(signer.id)}`);
  say(`page      ${relay.url.replace(/^ws/u, 'http').replace(/\/gun$/u, '/')}`);
  if (options.json) printJson({ url: relay.url, port: relay.port, network: network.net, witness: signer.id });
  await untilStopped();
  await witness.close();
  await relay.close();
}

function portOf(text: string): number {
  const port = numberOf('--port', text);
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) throw new EdgeNetError('config-invalid', `--port "${text}" is no port; 0 takes a free one.`);
  return port;
}

async function networkOf({ data, network, name }: RelayCommand, witness: Awaited<ReturnType<typeof loadWitnessSigner>>): Promise<LoadedNetwork> {
  if (network !== undefined) return parseDescriptor(await readLocation(network), network, witness.verify.bind(witness));
  return (await readNetwork(data, witness.verify.bind(witness))) ?? foundNetwork({ dataDir: data, name, witness });
}
