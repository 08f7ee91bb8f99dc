import { expect } from '@open-wc/testing';
import type { EngineConfig, NodeState } from '../../src/engine/api.js';
import { EngineClient, type EnginePort } from '../../src/engine/client.js';
import type { FromEngine, ToEngine } from '../../src/engine/protocol.js';
import type { FromHost } from '../../src/engine/sandbox/messages.js';

/** As much of the frame's script as says that it runs. */
const GREETING = "data:text/javascript,addEventListener('DOMContentLoaded', () => parent.parent.postMessage(null, '*'))";
const STATE = { status: 'idle', reasons: [], throttle: { level: 0, because: '' } } as unknown as NodeState;

class Engine implements EnginePort {
  #hear: (event: Event) => void = () => undefined;

  postMessage(message: ToEngine): void {
    if (message.type === 'close') this.says({ type: 'closed' });
  }

  addEventListener(type: string, listener: (event: Event) => void): void {
    if (type === 'message') this.#hear = listener;
  }

  terminate(): void {}

  says(data: FromEngine): void {
    this.#hear(new MessageEvent('message', { data }));
  }

  /** Asks for a frame. @returns the page's first answer */
  asks(script: string): Promise<FromHost> {
    const { port1, port2 } = new MessageChannel();
    this.says({ type: 'sandbox', port: port2, script });
    return new Promise((resolve) => (port1.onmessage = ({ data }: MessageEvent<FromHost>) => resolve(data)));
  }
}

async function connected() {
  const engine = new Engine();
  const starting = EngineClient.over(engine, { base: 'https://cdn.example/' } as EngineConfig);
  engine.says({ type: 'started', state: STATE });
  return { engine, client: await starting };
}

/** Nobody can look into them; they are what stands beside the body. */
const hosts = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('html > div[hidden]')];
const frames = (): number => hosts().length;

/** Resolves when the document has so many frames. */
function until(count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (frames() !== count) return;
      watch.disconnect();
      resolve();
    };
    const watch = new MutationObserver(look);
    watch.observe(document, { childList: true, subtree: true });
    look();
  });
}

describe("the page's client and sandbox frames", () => {
  it('makes one when it is asked to, replaces it, and drops it when it is told', async () => {
    const { engine, client } = await connected();
    expect(frames()).to.equal(0);
    const first = await engine.asks(GREETING);
    expect(first.t).to.equal('ready');
    const second = await engine.asks(GREETING);
    expect([second.t, frames()]).to.deep.equal(['ready', 1]);
    engine.says({ type: 'sandbox', port: undefined, script: '' });
    await until(0);
    await client.close();
  });

  it('removes it when the engine is closed, and when the page is left', async () => {
    for (const end of [(client: EngineClient) => client.close(), async () => void dispatchEvent(new Event('pagehide'))]) {
      const { engine, client } = await connected();
      await engine.asks(GREETING);
      expect(frames()).to.equal(1);
      await end(client);
      await until(0);
    }
  });

  it('shows the page no nonce, and nothing of the frame', async () => {
    const script = document.head.appendChild(document.createElement('script'));
    script.setAttribute('nonce', '');
    script.nonce = 'a-nonce-of-the-page';
    const { engine, client } = await connected();
    await engine.asks(GREETING);
    expect([hosts()[0]!.shadowRoot, document.querySelector('iframe'), window.length]).to.deep.equal([null, null, 0]);
    expect(document.documentElement.outerHTML).not.to.contain(script.nonce);
    await client.close();
    script.remove();
  });

  it('notices that the page took it away, moved it, or wrote its document anew', async () => {
    const roots: readonly ((host: HTMLElement) => void)[] = [
      (host) => host.remove(),
      (host) => document.body.append(host),
      () => {
        const { documentElement: root } = document;
        root.remove();
        document.append(root.cloneNode(false));
        document.documentElement.replaceWith(root);
      },
    ];
    for (const change of roots) {
      const { engine, client } = await connected();
      const { port1, port2 } = new MessageChannel();
      const heard: FromHost[] = [];
      const lost = new Promise<FromHost>((resolve) => {
        port1.onmessage = ({ data }: MessageEvent<FromHost>) => {
          heard.push(data);
          if (data.t === 'ready') change(hosts()[0]!);
          else resolve(data);
        };
      });
      engine.says({ type: 'sandbox', port: port2, script: GREETING });
      const { t } = await lost;
      expect([heard[0]!.t, t, frames()]).to.deep.equal(['ready', 'gone', 0]);
      await client.close();
    }
  });

  it('says that a frame whose script does not run is none', async () => {
    const { engine, client } = await connected();
    const answer = await engine.asks(new URL('/nowhere.js', location.href).href);
    expect(answer.t === 'gone' && answer.code).to.equal('csp-frame');
    expect(frames()).to.equal(0);
    await client.close();
  });
});
