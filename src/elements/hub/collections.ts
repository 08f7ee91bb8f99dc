import type { Collections, EngineHandle } from '../../engine/index.js';

/** Those of an engine that need not run yet. @param find asked at each call */
export function collectionsOf(find: () => Promise<EngineHandle>): Collections {
  return new Proxy({} as Collections, {
    // What has a `then` is taken for a promise by whoever awaits it.
    get: (_, name) => (name === 'then' ? undefined : async (...args: unknown[]) => ((await find()).collections[name as keyof Collections] as (...args: unknown[]) => unknown)(...args)),
  });
}
