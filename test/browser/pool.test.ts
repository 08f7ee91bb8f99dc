import { expect } from '@open-wc/testing';
import { startModuleWorker, type WorkerStartError } from '../../src/engine/worker/trampoline.js';
import { decode, encode } from '../../src/kernels/codec.js';
import type { Value } from '../../src/kernels/kernel.js';
import { jobOf, poolContract } from '../contract/pool.js';
import { codeOf } from '../contract/runner.js';
import { chaiRunner } from './chai-runner.js';
import { elsewhere, OTHER_ORIGIN, pagePool, SAME_ORIGIN, type Told } from './pool-page.js';

const ENTRIES = { 'same origin': SAME_ORIGIN, 'other origin': OTHER_ORIGIN };

describe('pool of page workers', () => {
  for (const [origin, entry] of Object.entries(ENTRIES)) poolContract(origin, { open: (options) => pagePool(entry, options), settle: (promise) => promise }, chaiRunner);

  it('hands payloads over', async () => {
    const pool = pagePool(SAME_ORIGIN);
    const payload = encode(new Uint8Array(1_000_000));
    expect(decode((await pool.run(jobOf('size', {}, { payload }))).output)).to.equal(1_000_000);
    expect(payload.byteLength).to.equal(0);
    const { buffer } = new WebAssembly.Memory({ initial: 1 });
    expect(await codeOf(pool.run(jobOf('size', {}, { payload: new Uint8Array(buffer) }))), 'memory of a module stays').to.equal('kernel-failed');
    expect(decode((await pool.run(jobOf('echo', 7))).output)).to.equal(7);
    await pool.close();
  });

  it('keeps a worker whose kernel heeds an abort, and replaces one whose kernel does not', async () => {
    const pool = pagePool(SAME_ORIGIN, { abortMsMax: 2_000 });
    const home = async (): Promise<Value> => decode((await pool.run(jobOf('home'))).output);
    const abort = async (kind: string): Promise<void> => {
      const stop = new AbortController();
      const job = pool.run(jobOf(kind, { steps: 1e9 }), { signal: stop.signal, onProgress: () => stop.abort() });
      expect(await codeOf(job)).to.equal('aborted');
    };
    const first = await home();
    await abort('steps');
    expect(await home()).to.equal(first);
    await abort('stuck');
    expect(await home()).not.to.equal(first);
    await pool.close();
  });

  it('keeps the share of time it reports within 2 points', async () => {
    const pool = pagePool(SAME_ORIGIN, { duty: 0.3 });
    const { output, busyMs } = await pool.run(jobOf('work', { wallMs: 2_000 }));
    expect(busyMs / (decode(output) as { readonly wallMs: number }).wallMs).to.be.closeTo(0.3, 0.02);
    await pool.close();
  });

  it('says which file is missing', async () => {
    const missing = new URL('./nowhere.js', import.meta.url).href;
    for (const entry of [missing, elsewhere(missing)]) {
      const pool = pagePool(entry);
      expect(await codeOf(pool.run(jobOf('echo')))).to.equal('csp-worker');
      await pool.close();
    }
  });

  it('tells an entry that throws from one that was refused', async () => {
    const pool = pagePool('data:text/javascript,throw new Error("broken build")');
    let message = '';
    await pool.run(jobOf('echo')).catch((error: Error & { code: string }) => (message = `${error.code} ${error.message}`));
    expect(message).to.match(/^kernel-failed .*broken build/);
    await pool.close();
  });
});

describe('pool nested under a worker', () => {
  for (const [engineFrom, wrap] of [['same origin', (url: string) => url], ['other origin', elsewhere]] as const) {
    for (const [origin, entry] of Object.entries(ENTRIES)) {
      it(`starts: engine from the ${engineFrom}, compute from the ${origin}`, async () => {
        const url = wrap(new URL('./pool-engine-worker.ts', import.meta.url).href);
        const told = await new Promise<Told>((resolve, reject) => {
          const engine = startModuleWorker(url, { name: 'engine', failed: reject });
          engine.onmessage = ({ data }) => {
            if (data === 'ready') return engine.postMessage([entry, 'wasm']);
            engine.terminate();
            resolve(data as Told);
          };
        });
        expect(told).to.deep.equal({ output: 0 });
      });
    }
  }
});

/** Runs one job in a frame under a policy. */
async function under(policy: string, entry: string, kind: string): Promise<Told> {
  const frame = document.createElement('iframe');
  const page = new URL('./pool-page.ts', import.meta.url).href;
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="${policy}">
    <script type="module">
      import { tell } from ${JSON.stringify(page)};
      parent.postMessage({ told: await tell(${JSON.stringify(entry)}, ${JSON.stringify(kind)}) }, '*');
    </script>`;
  const told = new Promise<Told>((resolve) => {
    addEventListener('message', function listen({ source, data }: MessageEvent<{ readonly told: Told }>) {
      if (source !== frame.contentWindow) return;
      removeEventListener('message', listen);
      resolve(data.told);
    });
  });
  document.body.append(frame);
  try {
    return await told;
  } finally {
    frame.remove();
  }
}

/** WebKitGTK compiles WebAssembly whatever the policy says, in pages and in workers. */
async function refusesWebAssembly(): Promise<boolean> {
  const frame = document.createElement('iframe');
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'">
    <script>WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)).then(() => 'compiled', () => 'refused').then((told) => parent.postMessage(told, '*'));</script>`;
  const told = new Promise<unknown>((resolve) => addEventListener('message', ({ data }) => resolve(data), { once: true }));
  document.body.append(frame);
  try {
    return (await told) === 'refused';
  } finally {
    frame.remove();
  }
}

describe("pool under a page's Content-Security-Policy", () => {
  // By name: Firefox knows no 'self' in a frame without an address.
  const SELF = location.origin;
  const SCRIPTS = `script-src ${SELF} 'unsafe-inline' data:`;
  const WORKERS = `worker-src blob: ${SELF}`;

  it('runs WASM under the policy the documentation asks for', async () => {
    expect(await under(`default-src 'none'; ${SCRIPTS} 'wasm-unsafe-eval'; ${WORKERS}`, OTHER_ORIGIN, 'wasm')).to.deep.equal({ output: 0 });
  });

  it('says csp-wasm without wasm-unsafe-eval, and runs kernels that need none, where the browser refuses WebAssembly', async function () {
    if (!(await refusesWebAssembly())) this.skip();
    const policy = `default-src 'none'; ${SCRIPTS}; ${WORKERS}`;
    const { code, message } = await under(policy, OTHER_ORIGIN, 'wasm');
    expect([code, message]).to.deep.equal(['csp-wasm', "This page's Content-Security-Policy refuses WebAssembly: add 'wasm-unsafe-eval' to script-src."]);
    expect(await under(policy, OTHER_ORIGIN, 'echo')).to.deep.equal({ output: 'payload' });
  });

  it('says csp-worker, and what to add, where workers are refused', async () => {
    for (const entry of [SAME_ORIGIN, OTHER_ORIGIN]) {
      const { code, message } = await under(`default-src 'none'; ${SCRIPTS}; worker-src 'none'`, entry, 'echo');
      expect(code).to.equal('csp-worker');
      expect(message).to.contain(entry === SAME_ORIGIN ? "worker-src 'self'" : 'worker-src blob:');
    }
    expect((await under(`default-src 'none'; ${SCRIPTS}; worker-src ${SELF}`, OTHER_ORIGIN, 'echo')).code).to.equal('csp-worker');
    expect((await under(`default-src 'none'; script-src ${SELF} 'unsafe-inline'; ${WORKERS}`, OTHER_ORIGIN, 'echo')).code, 'the script behind the blob').to.equal('csp-worker');
  });

  it('starts under Trusted Types that allow its policy, and names it where they do not', async () => {
    const required = `${SCRIPTS}; ${WORKERS}; require-trusted-types-for 'script'; trusted-types`;
    expect(await under(`${required} edge-net`, OTHER_ORIGIN, 'echo')).to.deep.equal({ output: 'payload' });
    expect((await under(`${required} 'none'`, SAME_ORIGIN, 'echo')).message).to.contain('trusted-types edge-net');
  });
});

describe('module worker', () => {
  it('reports a failure once, and none after the first message', async () => {
    const failures: WorkerStartError[] = [];
    const worker = startModuleWorker('data:text/javascript,postMessage(0); onmessage = () => { throw new Error("later"); };', { name: 'late failure', failed: (error) => void failures.push(error) });
    await new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }));
    const failed = new Promise<Event>((resolve) => worker.addEventListener('error', resolve, { once: true }));
    worker.postMessage(null);
    (await failed).preventDefault();
    expect(failures).to.deep.equal([]);
    worker.terminate();
  });
});
