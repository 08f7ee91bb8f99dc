import type { Collections, EngineHandle } from '../../engine/index.js';

const NAMES: readonly (keyof Collections)[] = ['create', 'list', 'get', 'export', 'extend', 'delete'];

/** Those of an engine that need not run yet. @param find asked at each call */
export function collectionsOf(find: () => Promise<EngineHandle>): Collections {
  const call = (name: keyof Collections) => async (...args: unknown[]): Promise<unknown> => ((await find()).collections[name] as (...args: unknown[]) => unknown)(...args);
  return Object.fromEntries(NAMES.map((name) => [name, call(name)])) as unknown as Collections;
}
