import type { Collections, EngineHandle } from '../../engine/index.js';

/** Those of an engine that need not run yet. @param find asked at each call */
export function collectionsOf(find: () => Promise<EngineHandle>): Collections {
  return new Proxy({} as Collections, {
    get: (_, name) => async (...args: unknown[]) => ((await find()).collections[name as keyof Collections] as (...args: unknown[]) => unknown)(...args),
  });
}
