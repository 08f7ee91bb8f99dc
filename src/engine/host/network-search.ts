/** Where the engine's network comes from: a served descriptor, or the one that an earlier life had. */
import type { EngineConfig } from '../api.js';
import type { Network } from '../core/network.js';
import { EdgeNetError } from '../error.js';
import type { Signer } from '../ports/signer.js';
import { StorageError, type Storage } from '../ports/storage.js';
import { findNetwork, parseNetwork } from './descriptor-source.js';

const DESCRIPTOR_KEY = 'host/descriptor';

/** @throws EdgeNetError `relay-unreachable`: try again */
export async function readNetwork(config: EngineConfig, store: Storage, readText: (location: string) => Promise<string>, verify: Signer['verify']): Promise<Network> {
  try {
    const { network, text } = await findNetwork(config, readText, verify);
    await store.write([[DESCRIPTOR_KEY, text]]).catch(() => undefined);
    return network;
  } catch (error) {
    const kept = networkErrorOf(error).code === 'relay-unreachable' ? await keptNetwork(config, store, verify) : undefined;
    if (kept) return kept;
    throw error;
  }
}

/** The descriptor of an earlier life, so that work goes on when only its server is away. */
async function keptNetwork({ network, relays }: EngineConfig, store: Storage, verify: Signer['verify']): Promise<Network | undefined> {
  if (network !== '' || relays.length === 0) return undefined;
  try {
    const kept = await store.get(DESCRIPTOR_KEY);
    return typeof kept === 'string' ? await parseNetwork(kept, 'the stored copy', verify) : undefined;
  } catch {
    return undefined; // as good as none
  }
}

/** What keeps the node from its network: the store's own troubles keep their code. */
export function networkErrorOf(cause: unknown): EdgeNetError {
  if (cause instanceof EdgeNetError) return cause;
  return new EdgeNetError(cause instanceof StorageError ? cause.code : 'relay-unreachable', cause instanceof Error ? cause.message : String(cause), { cause });
}
