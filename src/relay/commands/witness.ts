/** `edge-net witness`: a witness beside a relay that is not ours, reached like any other client. */
import { WebSocket } from 'ws';
import { systemClock, systemRandom } from '../../engine/adapters/clock.js';
import { createGunTransport } from '../../engine/adapters/transport/gun-transport.js';
import { readLocation } from '../../engine/node/node-platform.js';
import { parseDescriptor } from '../data-dir.js';
import { loadWitnessSigner, startWitness } from '../witness.js';
import { printJson, say, shortId, untilStopped } from './output.js';

export interface WitnessCommand {
  readonly relay: readonly string[];
  readonly network: string;
  readonly data: string;
  readonly json?: boolean;
}

export async function runWitness({ relay: relays, network: location, data, json }: WitnessCommand): Promise<void> {
  const signer = await loadWitnessSigner(data);
  const text = await readLocation(location);
  const { network } = await parseDescriptor(text, location, signer.verify.bind(signer));
  const witness = await startWitness({
    network, signer, dataDir: data, log: say,
    transport: (guard) => createGunTransport({ relays, network, signer, guard, clock: systemClock, random: systemRandom, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket }),
  });
  say(`witness   ${shortId(signer.id)} of ${network.name} at ${relays.join(' ')}`);
  if (json) printJson({ witness: signer.id, network: network.net });
  await untilStopped();
  await witness.close();
}
