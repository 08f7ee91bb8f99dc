/** Finds the network's descriptor: where the configuration says, or beside the first relay that answers. */
import { readDescriptor } from '../descriptor/descriptor.js';
import type { EngineConfig } from '../api.js';
import type { DescriptorFile, Network } from '../core/network.js';
import { EdgeNetError } from '../error.js';
import type { Signer } from '../ports/signer.js';

export const DESCRIPTOR_PATH = '/edge-net.network.json';

/** The descriptor beside a relay: `wss://host/gun` serves it at `https://host/edge-net.network.json`. */
export function descriptorUrl(relay: string): string {
  const url = new URL(relay);
  url.protocol = url.protocol === 'wss:' || url.protocol === 'https:' ? 'https:' : 'http:';
  return new URL(DESCRIPTOR_PATH, url).href;
}

/**
 * @throws EdgeNetError what `readText` says of a place that can never be read; `relay-unreachable` when nobody serves one now (try again), `descriptor-invalid` when what is
 *   served is none (do not)
 */
export async function findNetwork(config: Pick<EngineConfig, 'network' | 'relays'>, readText: (location: string) => Promise<string>, verify: Signer['verify']): Promise<{ readonly network: Network; readonly text: string }> {
  const places = config.network === '' ? config.relays.map(descriptorUrl) : [config.network];
  if (places.length === 0) throw new EdgeNetError('config-invalid', 'No relay is configured. Set the relays attribute to a wss:// address.');
  let unreached: unknown;
  for (const place of places) {
    let text: string;
    try {
      text = await readText(place);
    } catch (error) {
      unreached = error;
      continue;
    }
    return { network: await parseNetwork(text, place, verify), text };
  }
  if (unreached instanceof EdgeNetError) throw unreached;
  throw new EdgeNetError('relay-unreachable', `No network descriptor could be read from ${places.join(', ')}. Check that the relay runs and may be reached from this page.`, { cause: unreached });
}

export async function parseNetwork(text: string, place: string, verify: Signer['verify']): Promise<Network> {
  try {
    return await readDescriptor(JSON.parse(text) as DescriptorFile, verify);
  } catch (cause) {
    throw new EdgeNetError('descriptor-invalid', `${place} is no valid network descriptor: ${(cause as Error).message}`, { cause });
  }
}
