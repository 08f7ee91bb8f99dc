import { expect } from '@open-wc/testing';
import { FAILURE_FUEL, INPUTS, type Recorded } from '../kernels/custom_wasm-recorded.js';
import { loadVectors } from './chai-runner.js';

const guests = new URL('../../examples/guests/', import.meta.url);

describe('custom_wasm in a page’s worker', function () {
  this.timeout(60_000);
  let recorded: Recorded;
  let worker: Worker;
  let answers: ReadableStreamDefaultReader<unknown>;

  before(async () => {
    recorded = (await loadVectors('custom_wasm')) as Recorded;
    worker = new Worker(new URL('custom_wasm-worker.ts', import.meta.url), { type: 'module' });
    answers = new ReadableStream<unknown>({
      start: (controller) => {
        worker.onmessage = ({ data }) => controller.enqueue(data);
        worker.onerror = ({ message }) => controller.error(new Error(`worker: ${message}`));
      },
    }).getReader();
    await answers.read();
  });

  after(() => worker.terminate());

  async function run(payload: unknown): Promise<unknown> {
    worker.postMessage(payload);
    return (await answers.read()).value;
  }

  it('gives the bytes that Node gives, for the same fuel', async () => {
    for (const { name, fuel, output } of recorded.examples) {
      const module = new Uint8Array(await (await fetch(new URL(`${name}.wasm`, guests))).arrayBuffer());
      expect(await run({ module, input: INPUTS[name]!() }), name).to.deep.equal({ fuel, output });
    }
  });

  it('fails in the words that Node fails in, deep recursion included', async () => {
    for (const { what, module, code, message } of recorded.failures) {
      expect(await run({ module, input: '', fuel: FAILURE_FUEL }), what).to.deep.equal({ code, message });
    }
  });
});
