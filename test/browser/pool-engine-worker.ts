/** Stands where the engine worker stands: a worker that has a pool of its own. Says ready, then answers [entry, kind]. */
import { tell } from './pool-page.js';

self.onmessage = async ({ data: [entry, kind] }: MessageEvent<[string, string]>) => self.postMessage(await tell(entry, kind));
self.postMessage('ready');
