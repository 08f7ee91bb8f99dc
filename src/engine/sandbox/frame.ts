/**
 * Entry of `edge-net.frame.js`, a classic script: all that runs in the sandbox frame itself. It starts and ends workers;
 * guests run in those alone, which have no document and far fewer ways out of one.
 */
import { trustedScriptUrl } from '../worker/trusted.js';
import type { FromFrame, ToFrame } from './messages.js';

function serve(port: MessagePort): void {
  const workers = new Map<number, Worker>();
  let script = '';

  function open(id: number, end: MessagePort): void {
    const fail = (code: 'csp-worker' | 'trusted-types' | 'kernel-failed', message: string): void => port.postMessage({ t: 'failed', id, code, message } satisfies FromFrame);
    try {
      const worker = new Worker(trustedScriptUrl(script) as string, { name: 'edge-net sandbox' });
      workers.set(id, worker);
      // An event without a message is the browser's refusal, another an exception of the script.
      worker.onerror = (event) => {
        event.preventDefault();
        if (event.message) fail('kernel-failed', `The sandbox failed: ${event.message}`);
        else fail('csp-worker', "This page's Content-Security-Policy refuses the sandbox its worker: add blob: to worker-src.");
      };
      worker.postMessage(null, [end]);
    } catch (error) {
      if (error instanceof TypeError) fail('trusted-types', "This page's policy requires Trusted Types: allow the policy 'edge-net' (trusted-types edge-net).");
      else fail('csp-worker', `The browser refuses the sandbox its worker: ${String(error)}`);
    }
  }

  port.onmessage = ({ data }: MessageEvent<ToFrame>) => {
    switch (data.t) {
      case 'code':
        script = URL.createObjectURL(new Blob([data.text], { type: 'text/javascript' }));
        return;
      case 'open':
        return open(data.id, data.port);
      case 'end':
        workers.get(data.id)?.terminate();
        return void workers.delete(data.id);
    }
  };
}

// The one way out that no policy closes. A worker has it not.
for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) Reflect.deleteProperty(globalThis, name);

/** Between it and this frame lies another, without a script. */
const page = parent.parent;

addEventListener('message', ({ source, ports: [port] }) => {
  if (source === page && port) serve(port);
});
// The policy stands below this script in the document, and nothing may begin before it holds.
addEventListener('DOMContentLoaded', () => page.postMessage(null, '*'));
