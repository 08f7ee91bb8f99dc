/** `Collections` for whoever passes its calls on, to another thread or to a node that is found when one is made. */
import type { CollectionCall, Collections } from './api.js';
import { EdgeNetError } from './error.js';

const NAMES: readonly (keyof Collections)[] = ['create', 'list', 'get', 'export', 'extend', 'delete'];

/** @param call answers what the method of that name does */
export function collectionsOver(call: (...call: CollectionCall) => Promise<unknown>): Collections {
  return Object.fromEntries(NAMES.map((name) => [name, (...args: unknown[]) => call(...([name, ...args] as CollectionCall))])) as unknown as Collections;
}

/** @throws EdgeNetError `bad-input` for a call that there is not */
export async function callOn(collections: Collections, ...[name, ...args]: CollectionCall): Promise<Awaited<ReturnType<Collections[keyof Collections]>>> {
  if (!NAMES.includes(name)) throw new EdgeNetError('bad-input', `There is no collections.${String(name)}().`);
  return Reflect.apply(collections[name], collections, args) as ReturnType<Collections[keyof Collections]>;
}
