import { expect } from '@open-wc/testing';
import { MODEL_CACHE } from '../../src/kernels/embedding/model_cache.js';
import { FIXED_BATCH, FIXED_BATCH_SHA256 } from '../kernels/embedding-sentences.js';

interface Answer {
  readonly hash?: string;
  readonly code?: string;
  readonly message?: string;
}

const root = new URL('../../', import.meta.url);
const assetBase = new URL('node_modules/onnxruntime-web/dist/', root).href;

/** One worker for each call: the next one meets a cold kernel, as after a kill. */
async function embedInWorker(modelBase: URL): Promise<Answer> {
  const worker = new Worker(new URL('embedding-worker.ts', import.meta.url), { type: 'module' });
  const messages = new ReadableStream<unknown>({
    start: (controller) => {
      worker.onmessage = ({ data }) => controller.enqueue(data);
      worker.onerror = ({ message }) => controller.error(new Error(`worker: ${message}`));
    },
  }).getReader();
  try {
    await messages.read();
    worker.postMessage({ texts: FIXED_BATCH, modelBase: modelBase.href, assetBase });
    return (await messages.read()).value as Answer;
  } finally {
    worker.terminate();
  }
}

describe('embedding kernel in a page’s worker', function () {
  this.timeout(60_000);
  const models = new URL('dist/models/', root);

  afterEach(() => caches.delete(MODEL_CACHE));

  it('gives the bytes that Node gives, and stores nothing unasked', async () => {
    expect(await embedInWorker(models)).to.deep.equal({ hash: FIXED_BATCH_SHA256 });
    expect(await caches.keys()).not.to.include(MODEL_CACHE);
  });

  it('keeps the model in the bucket that consent made, and gives the same bytes from there', async () => {
    const cache = await caches.open(MODEL_CACHE);
    expect(await embedInWorker(models)).to.deep.equal({ hash: FIXED_BATCH_SHA256 });
    const [first, ...others] = await cache.keys();
    expect(others).to.have.length(3);
    expect(await embedInWorker(models)).to.deep.equal({ hash: FIXED_BATCH_SHA256 });
    await cache.put(first!, new Response('damaged'));
    expect(await embedInWorker(models)).to.deep.equal({ hash: FIXED_BATCH_SHA256 });
    expect(await (await cache.match(first!))!.text()).to.contain('model_type');
  });

  it('names the URL of a model that is not there', async () => {
    const { code, message } = await embedInWorker(new URL('nowhere/', root));
    expect(code).to.equal('model-missing');
    expect(message).to.contain('nowhere/use-lite/config.json');
  });
});
