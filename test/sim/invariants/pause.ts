import type { Invariant } from './invariant.js';

/** A kernel has this long to heed an abort (`abortMsMax` of the pool) before it is killed. */
const STOP_MS_MAX = 200;

export const nothingRunsWhilePaused: Invariant = {
  id: 'I14',
  claim: 'a node that is paused starts no work, and stops what it does',
  watch(world, violated) {
    const pausedAt = new Map<string, number>();
    const nodes = new Map(world.peers.map((node) => [node.id, node]));
    return {
      see(sighting) {
        if (sighting.saw === 'up') pausedAt.set(sighting.by, world.now());
        if (sighting.saw === 'down') pausedAt.delete(sighting.by);
        if (sighting.saw !== 'step' || !nodes.has(sighting.by)) return;
        const { by, event, effects } = sighting;
        if (event.on === 'contribute' && event.capacity > 0) pausedAt.delete(by);
        if (event.on === 'contribute' && event.capacity === 0) pausedAt.set(by, world.now());
        const since = pausedAt.get(by);
        if (since === undefined) return;
        if (effects.some((effect) => effect.do === 'run')) violated(`${world.nameOf(by)} started work while paused`);
        if (world.now() - since > STOP_MS_MAX && (nodes.get(by)!.pool?.load.running ?? 0) > 0) violated(`${world.nameOf(by)} still works ${world.now() - since} ms after it was paused`);
      },
    };
  },
};
