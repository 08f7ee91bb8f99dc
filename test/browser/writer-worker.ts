/** Claims the writing of the name it is given; tells its role, and when its turn has come. */
import { claimWriter } from '../../src/engine/identity/single-writer.js';

self.onmessage = async ({ data: name }: MessageEvent<string>) => {
  const claim = await claimWriter(name, { onAcquired: () => self.postMessage('acquired'), onLost: () => self.postMessage('lost') });
  self.postMessage(claim.role);
};
