/** Effects on the shelf, and the events that answer them. */
import type { Effect } from '../core/effect.js';
import type { Happening } from '../core/event.js';
import type { Content } from '../core/shard.js';
import type { Shelf } from './shelf.js';

export type ShelfEffect = Extract<Effect, { do: `shelf-${string}` }>;

export async function atShelf(shelf: Shelf, effect: ShelfEffect): Promise<Happening | undefined> {
  const { shard } = effect;
  switch (effect.do) {
    case 'shelf-keep':
      return { on: 'shelf-kept', shard: { ...effect.shard, size: effect.ciphertext?.length ?? 0 }, turn: effect.turn, ok: await shelf.keep(effect.shard, effect.box, effect.ciphertext) };
    case 'shelf-box':
      return { on: 'shelf-boxed', shard, boxes: await shelf.box(shard, effect.to) };
    case 'shelf-read': {
      const content = await shelf.read(effect.shard, effect.to);
      return content ? { on: 'shelf-read', shard: effect.shard, to: effect.to.node, ...content } : lost(shelf, effect.shard);
    }
    case 'shelf-prove': {
      const sealed = await shelf.prove(effect.shard, effect.nonce, effect.ranges, effect.witnessBox);
      return sealed === undefined ? lost(shelf, effect.shard) : { on: 'shelf-proved', shard: effect.shard, period: effect.period, sealed };
    }
    case 'shelf-drop':
      await shelf.drop(shard, effect.hashes);
      return undefined;
  }
}

async function lost(shelf: Shelf, shard: Content): Promise<Happening | undefined> {
  return (await shelf.isLost(shard)) ? { on: 'shelf-lost', shard } : undefined;
}
