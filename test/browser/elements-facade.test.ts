import { expect } from '@open-wc/testing';
import { EdgeNetError } from '../../src/engine/index.js';
import { engines, hub } from './doubles/engine.js';
import EdgeNet from '../../src/elements/edge-net.js';
import { addNode, engineAt, once, RELAYS, reset, until } from './doubles/page.js';

async function code(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(EdgeNetError);
  return (error as EdgeNetError).code;
}

describe('EdgeNet', () => {
  beforeEach(reset);

  it("has the package's version", async () => {
    const { version } = (await (await fetch('/package.json')).json()) as { version: string };
    expect(EdgeNet.version).to.equal(version);
  });

  it('makes a node of the original design’s options', async () => {
    const node = await EdgeNet.init({
      siteId: 'my-site-123', relays: [RELAYS], consent: 'granted', storage: 'memory', local: 'never', privateKey: 'exported',
      contribution: { cpuLimit: 0.2, memoryLimit: 64 * 2 ** 20, tasks: ['vectors', 'embeddings'] },
    });
    expect(node.isConnected).to.equal(true);
    const { config } = await engineAt(0);
    expect(config).to.deep.include({
      siteId: 'my-site-123', relays: [RELAYS], storage: 'memory', local: 'never', privateKey: 'exported', cpuLimit: 0.2, memoryLimitBytes: 64 * 2 ** 20,
      tasks: ['vectors', 'embeddings'],
    });
  });

  it('takes a share as contribution, and calls back', async () => {
    const seen: unknown[] = [];
    const node = await EdgeNet.init({
      relays: RELAYS, consent: 'granted', contribution: 0.4,
      onCredit: (credits, total) => seen.push([credits, total]), onTask: ({ type }) => seen.push(type), onError: ({ code: failed }) => seen.push(failed),
    });
    const engine = await engineAt(0);
    expect(engine.config.cpuLimit).to.equal(0.4);
    await until(() => node.state.status === 'idle');
    engine.emit({ type: 'credit', gained: 1, total: 2 });
    engine.emit({ type: 'task', entry: (await engine.history())[0]! });
    engine.emit({ type: 'error', code: 'clock-skew', message: 'Set the clock.' });
    expect(seen).to.deep.equal([[1, 2], 'vector_search', 'clock-skew']);
    expect(node.stats().credits).to.equal(12.5);
    expect(EdgeNet.stats().credits).to.equal(12.5);
  });

  it('takes the node there is when no setting is given', async () => {
    const node = addNode();
    expect(await EdgeNet.init({ onCredit() {} })).to.equal(node);
  });

  it('shares the engine of an equal tag, and refuses a different one', async () => {
    addNode({ consent: 'granted' });
    await engineAt(0);
    const node = await EdgeNet.init({ relays: RELAYS, consent: 'granted' });
    await until(() => node.state.status === 'idle');
    expect(engines).to.have.length(1);
    expect(await code(EdgeNet.init({ relays: RELAYS, siteId: 'another' }))).to.equal('config-conflict');
    expect(await code(EdgeNet.init({ relays: RELAYS, contribution: 7 }))).to.equal('config-invalid');
    expect(document.querySelectorAll('edge-net-node')).to.have.length(2);
  });

  it('takes limits and idle rules by the names of the original design', async () => {
    const node = await EdgeNet.init({
      relays: RELAYS, contribution: { cpuLimit: 0.2, memoryLimit: '1GB', bandwidthLimit: 50_000 }, idle: { focusRequired: true, minIdleTime: 100, respectBattery: false },
    });
    expect(node).to.include({ cpuLimit: 0.2, memoryLimit: '1GB', bandwidthLimit: '50000', focusRequired: true, minIdleTime: 100, battery: 'ignore' });
    expect(node.state.error).to.equal(null);
  });

  it('names what this version has no use for', async () => {
    const warned: string[] = [];
    const { warn } = console;
    console.warn = (message: string) => warned.push(message);
    try {
      await EdgeNet.init({ relays: RELAYS, ...({ colour: 'red' } as object) });
    } finally {
      console.warn = warn;
    }
    expect(warned).to.have.length(1);
    expect(warned[0]).to.contain('colour');
  });

  it('submits through the node of the page, and says when there is none', async () => {
    const task = { type: 'embedding', payload: { texts: ['a'] } };
    for (const call of [() => EdgeNet.submit(task), () => EdgeNet.submitBatch([task]), () => EdgeNet.quote(task), () => EdgeNet.result('t')]) {
      expect(await code(call())).to.equal('not-initialised');
    }
    addNode();
    expect((await EdgeNet.quote(task)).cost).to.equal(2);
    expect((await EdgeNet.result('t')).taskId).to.equal('t');
  });

  it('puts a widget where it is told', async () => {
    const place = document.createElement('div');
    place.id = 'here';
    document.body.append(place);
    const node = addNode();
    const widget = await EdgeNet.createWidget({ container: '#here', theme: 'dark', showStats: false, showLeaderboard: true });
    expect(widget.parentElement).to.equal(place);
    expect(widget.getAttribute('sections')).to.equal('credits leaderboard controls history');
    expect(widget.node).to.equal(node);
    await until(() => widget.shadowRoot!.querySelector('.title')?.textContent === 'Nothing is running');
    const refused = await EdgeNet.createWidget({ container: '#nowhere' }).catch((error: unknown) => error as EdgeNetError);
    expect([(refused as EdgeNetError).code, (refused as EdgeNetError).message]).to.deep.equal(['config-invalid', 'container "#nowhere" is not on the page.']);
  });

  it('uses the hub another copy of the package made', async () => {
    const copy = '../../src/elements/hub/hub.ts?another-copy';
    const other = (await import(copy)) as typeof import('../../src/elements/hub/hub.js');
    expect(other.hub()).to.equal(hub);
  });

  it('diagnoses, and says which header is missing', async () => {
    const node = addNode({ relays: 'ws://127.0.0.1:9/gun', base: 'https://cdn.example/' });
    const checks = Object.fromEntries((await node.diagnose()).map((check) => [check.check, check]));
    expect(checks).to.have.all.keys('secure-context', 'trusted-types', 'nonce', 'worker', 'wasm', 'frame', 'network', 'clock', 'storage');
    expect(checks['wasm']).to.deep.include({ ok: true, fix: '', header: '' });
    expect(checks['worker']!.fix).to.contain('https://cdn.example/edge-net.engine.js could not be loaded');
    expect(checks['network']!.ok).to.equal(false);
    expect(checks['network']!.fix).to.contain("script-src https://cdn.example 'wasm-unsafe-eval'; worker-src blob: https://cdn.example; connect-src https://cdn.example http://127.0.0.1:9 ws://127.0.0.1:9");
    expect((await indexedDB.databases()).map(({ name }) => name)).not.to.include('edge-net-probe');
  });
});

describe('the one-tag form', () => {
  beforeEach(reset);

  /** A page of its own, whose head carries the tag among others. */
  async function page(tag: string): Promise<Document> {
    const frame = document.createElement('iframe');
    const source = new URL('../../src/elements/edge-net.global.ts', import.meta.url).href;
    frame.srcdoc = `<!doctype html><html><head><title>page</title><script type="module" src="${source}" ${tag}></script>
      <meta name="description" content="after the tag"><link rel="canonical" href="https://site.example/"></head><body><p>text</p></body></html>`;
    document.body.append(frame);
    await once(frame, 'load' as never);
    return frame.contentDocument!;
  }

  it('leaves the head whole and furnishes the body', async () => {
    const doc = await page(`data-edge-net data-site-id="mine" data-relays="${RELAYS}" data-cpu-limit="0.2" data-widget="bottom-end" data-theme="dark"`);
    const node = await until(() => doc.querySelector('edge-net-node:defined'));
    expect([...doc.head.children].map(({ localName }) => localName)).to.deep.equal(['title', 'script', 'meta', 'link']);
    expect(node.parentElement).to.equal(doc.body);
    expect(node).to.include({ siteId: 'mine', relays: RELAYS, cpuLimit: 0.2 });
    const widget = doc.querySelector('edge-net-widget')!;
    expect(widget.getAttribute('position')).to.equal('bottom-end');
    expect(widget.getAttribute('theme')).to.equal('dark');
    expect((doc.defaultView as typeof globalThis & Window).EdgeNet.version).to.equal(EdgeNet.version);
  });

  it('is one node though the tag is there twice', async () => {
    const doc = await page(`data-site-id="mine" data-relays="${RELAYS}"`);
    await until(() => doc.querySelector('edge-net-node'));
    const again = doc.createElement('script');
    again.type = 'module';
    again.src = `${new URL('../../src/elements/edge-net.global.ts', import.meta.url).href}?again`;
    doc.head.append(again);
    await once(again, 'load' as never);
    const view = doc.defaultView!;
    // In line behind what the script waits for; WebKit tells nobody that it is idle.
    await new Promise((resolve) => ('requestIdleCallback' in view ? view.requestIdleCallback(resolve) : (view as Window).setTimeout(resolve, 1)));
    expect(doc.querySelectorAll('edge-net-node')).to.have.length(1);
  });
});
