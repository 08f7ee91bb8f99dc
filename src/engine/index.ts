/** All that the elements see of the engine: its types, its error class and the way to start one. */
import type { EngineConfig, EngineHandle, SessionMemory } from './api.js';

export type * from './api.js';
export { isSite, SITE_WANTED } from './core/texts.js';
export { EdgeNetError, type EdgeNetErrorCode, type EdgeNetErrorDetails } from './error.js';

/**
 * Starts an engine in a worker of its own. The page-side client is loaded by this call, not before.
 * @param memory a session's, handed to its next engine
 * @throws EdgeNetError `csp-worker`, `trusted-types` or `unsupported` where no worker can start, otherwise what the
 *   engine refuses to start with: `descriptor-invalid`, `relay-rejected`, `storage-corrupt`, …
 */
export async function startEngine(config: EngineConfig, memory: SessionMemory = new Map()): Promise<EngineHandle> {
  const { EngineClient } = await import('./client.js');
  return EngineClient.start(config, memory);
}
