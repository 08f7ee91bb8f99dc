/** The classic script before the package has come: what a page, and the tools on it, may do with `EdgeNet` meanwhile. */
import { expect } from '@open-wc/testing';
import { hub } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import { addNode, reset } from './doubles/page.js';

const SOURCE = new URL('../../src/elements/edge-net.global.ts', import.meta.url).href;

/** Runs a script in a page of its own, right after the stub. @returns what it said, and what nobody heeded */
async function afterStub(script: string, head = ''): Promise<{ readonly said: unknown; readonly unheeded: readonly string[] }> {
  const frame = document.createElement('iframe');
  frame.srcdoc = `<!doctype html><html><body><script>globalThis.unheeded = []; addEventListener('unhandledrejection', ({ reason }) => unheeded.push(String(reason)));</script>
    ${head}<script type="module" src="${SOURCE}"></script>
    <script type="module">
      let said;
      try { said = await (async () => { ${script} })(); } catch (error) { said = 'threw ' + error; }
      // Rejections are told in a task of their own.
      setTimeout(() => setTimeout(() => parent.postMessage({ said, unheeded }, '*')));
    </script></body></html>`;
  const answer = new Promise<MessageEvent>((resolve) => addEventListener('message', resolve, { once: true }));
  document.body.append(frame);
  const { data } = await answer;
  frame.remove();
  return data as { said: unknown; unheeded: string[] };
}

describe('EdgeNet before the package is there', () => {
  beforeEach(reset);

  it('can be awaited, printed, compared and serialised without being called', async () => {
    const { said, unheeded } = await afterStub(`
      const { EdgeNet } = globalThis;
      return [(await EdgeNet) === EdgeNet, (await EdgeNet.collections) === undefined, typeof String(EdgeNet), JSON.stringify({ EdgeNet, is: 1 }), {} instanceof EdgeNet, EdgeNet == 1,
        Object.prototype.toString.call(EdgeNet), [].concat(EdgeNet).length, typeof EdgeNet.submit.name];
    `);
    expect(said).to.deep.equal([true, false, 'string', '{"is":1}', false, false, '[object Function]', 1, 'string']);
    expect(unheeded).to.deep.equal([]);
  });

  it('answers calls with what the package answers, refusals included', async () => {
    const { said, unheeded } = await afterStub(`
      const { EdgeNet } = globalThis;
      const { submit } = EdgeNet;
      const refusals = await Promise.allSettled([EdgeNet.submit({}), submit({}), EdgeNet.collections.list(), EdgeNet.stats(), EdgeNet.nothing()]);
      return [...refusals.map(({ reason }) => reason.code ?? reason.name), typeof globalThis.EdgeNet.version, globalThis.EdgeNet === EdgeNet];
    `);
    expect(said).to.deep.equal(['not-initialised', 'not-initialised', 'not-initialised', 'not-initialised', 'TypeError', 'string', false]);
    expect(unheeded).to.deep.equal([]);
  });
});

describe('EdgeNet whose package cannot be loaded', () => {
  it('says so once on the console, refuses calls to who made them, and leaves nothing to the page\'s error monitoring', async () => {
    const entry = new URL('edge-net.js', SOURCE).href;
    const head = `<script>
        globalThis.warnings = [];
        console.warn = (...said) => { warnings.push(String(said[0])); dispatchEvent(new Event('warned')); };
        globalThis.warned = new Promise((resolve) => addEventListener('warned', resolve, { once: true }));
      </script>
      <script type="importmap">${JSON.stringify({ imports: Object.fromEntries([entry, entry.replace('.js', '.ts')].map((url) => [url, 'data:text/javascript,throw new Error("not here")'])) })}</script>`;
    const { said, unheeded } = await afterStub(`
      await warned;
      const refused = () => EdgeNet.submit({}).catch(({ message }) => message);
      const refusals = [await refused()];
      for (const _ of [1, 2]) { dispatchEvent(new Event('online')); refusals.push(await refused()); }
      return { refusals, warnings };
    `, head);
    const { refusals, warnings } = said as { refusals: string[]; warnings: string[] };
    // WebKit answers a second import of what failed with an empty module.
    for (const refusal of refusals) expect(refusal).to.match(/not here|undefined is not an object/u);
    expect(refusals).to.have.length(3);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('edge-net: check this address');
    expect(unheeded).to.deep.equal([]);
  });
});

describe('collections', () => {
  beforeEach(reset);

  it('of a node may go through a promise: they are no promise themselves', async () => {
    const { collections } = addNode();
    expect(await Promise.resolve(collections)).to.equal(collections);
    expect(hub.engine.state).to.equal(undefined);
  });
});
