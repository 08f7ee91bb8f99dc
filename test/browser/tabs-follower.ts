/** A page that follows until it is taken away. */
import type { ToEngine } from '../../src/engine/protocol.js';
import { followTabs } from '../../src/engine/worker/tabs.js';

const channel = new URL(import.meta.url).searchParams.get('channel')!;
const start = { type: 'start', config: { pauses: [] }, memory: new Map() } as unknown as ToEngine;

followTabs(channel, crypto.randomUUID(), () => start, ({ type }) => {
  if (type === 'started') parent.postMessage('following', '*');
});
