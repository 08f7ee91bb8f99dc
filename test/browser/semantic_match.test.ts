import { expect } from '@open-wc/testing';
import { FIXED_OUTPUT_SHA256, FIXED_PAYLOAD } from '../kernels/semantic_match-cases.js';

const root = new URL('../../', import.meta.url);
const modelBase = new URL('dist/models/', root).href;
const assetBase = new URL('node_modules/onnxruntime-web/dist/', root).href;

describe('semantic match in a page’s worker', function () {
  this.timeout(60_000);

  it('gives the bytes that Node gives, cold and with the descriptions it has kept', async () => {
    const worker = new Worker(new URL('semantic_match-worker.ts', import.meta.url), { type: 'module' });
    const messages = new ReadableStream<unknown>({
      start: (controller) => {
        worker.onmessage = ({ data }) => controller.enqueue(data);
        worker.onerror = ({ message }) => controller.error(new Error(`worker: ${message}`));
      },
    }).getReader();
    try {
      await messages.read();
      for (let run = 0; run < 2; run++) {
        worker.postMessage({ payload: FIXED_PAYLOAD, modelBase, assetBase });
        expect((await messages.read()).value).to.deep.equal({ hash: FIXED_OUTPUT_SHA256 });
      }
    } finally {
      worker.terminate();
    }
  });
});
