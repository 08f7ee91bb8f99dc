import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadModelFiles } from '../../src/kernels/embedding/files.js';
import { kernel } from '../../src/kernels/embedding/kernel.js';
import type { ModelProfile } from '../../src/kernels/embedding/profiles.js';
import { buildModel, contextWith, MODELS } from './embedding-context.js';

const CONTENT = '{"a small":"model"}';
const HASH = createHash('sha256').update(CONTENT).digest('hex');

function profileOf(path: string, sha256 = HASH): ModelProfile {
  return { pooling: 'cls', dims: 4, tokensMax: 8, batchTokensMax: 8, dtype: 'q8', fuelPerToken: 1, files: [{ path, bytes: CONTENT.length, sha256 }] };
}

describe('model files over HTTP', () => {
  let server: Server;
  let base: string;

  before(async () => {
    server = createServer(({ url }, response) => {
      if (url === '/models/tiny/config.json') response.end(CONTENT);
      else if (url === '/models/tiny/fallback.json') response.setHeader('content-type', 'text/html').end('\n<!doctype html><title>App</title>');
      else if (url === '/models/tiny/endless.json') {
        const timer = setInterval(() => response.write('0'.repeat(4096)), 1);
        response.once('close', () => clearInterval(timer));
      } else if (url !== '/models/tiny/slow.json') response.writeHead(404).end('no');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/models`;
  });
  after(() => server.close());

  it('arrive whole, counted in bytes', async () => {
    const steps: [string, number, number][] = [];
    const files = await loadModelFiles('tiny', profileOf('config.json'), contextWith({ modelBase: base, progress: (...step) => steps.push(step) }));
    assert.equal(new TextDecoder().decode(files.get('config.json')), CONTENT);
    assert.deepEqual(steps.at(-1), ['model', CONTENT.length, CONTENT.length]);
  });

  it('lie beside the assets when no model base is set', async () => {
    const context = contextWith({ modelBase: undefined, assetBase: `${base}/../` });
    assert.equal((await loadModelFiles('tiny', profileOf('config.json'), context)).size, 1);
  });

  it('that are not there are named with the URL tried', async () => {
    const loading = loadModelFiles('tiny', profileOf('absent.json'), contextWith({ modelBase: base }));
    await assert.rejects(loading, { code: 'model-missing', message: new RegExp(`${base}/tiny/absent.json`) });
  });

  it('are missing when a web page is served instead', async () => {
    const loading = loadModelFiles('tiny', profileOf('fallback.json'), contextWith({ modelBase: base }));
    await assert.rejects(loading, { code: 'model-missing', message: /fallback\.json.*web page/ });
  });

  it('are cut off when the server sends more than there should be', async () => {
    const steps: number[] = [];
    const loading = loadModelFiles('tiny', profileOf('endless.json'), contextWith({ modelBase: base, progress: (_, loaded) => steps.push(loaded) }));
    await assert.rejects(loading, { code: 'model-mismatch', message: /endless\.json is longer than the 19 bytes/ });
    assert.equal(Math.max(...steps), CONTENT.length);
  });

  it('with another hash are refused', async () => {
    const other = '0'.repeat(64);
    const loading = loadModelFiles('tiny', profileOf('config.json', other), contextWith({ modelBase: base }));
    await assert.rejects(loading, { code: 'model-mismatch', message: new RegExp(`config.json.*${HASH}.*${other}`) });
  });

  it('behind a dead server are missing', async () => {
    const loading = loadModelFiles('tiny', profileOf('config.json'), contextWith({ modelBase: 'http://127.0.0.1:1/' }));
    await assert.rejects(loading, { code: 'model-missing', message: /127\.0\.0\.1:1\/tiny\/config\.json/ });
  });

  it('are given up when the task is aborted', async () => {
    const controller = new AbortController();
    const loading = loadModelFiles('tiny', profileOf('slow.json'), contextWith({ modelBase: base, signal: controller.signal }));
    server.once('request', () => controller.abort(new Error('enough')));
    await assert.rejects(loading, /enough/);
  });
});

describe('model files in a folder', () => {
  let folder: string;

  before(async () => {
    buildModel();
    folder = await mkdtemp(join(tmpdir(), 'edge-net-models-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('that are not there are named with the path tried, and found once they are', async () => {
    const context = contextWith({ modelBase: folder });
    const payload = { model: 'use-lite', texts: ['hello'] };
    await assert.rejects(kernel.run(payload, context), { code: 'model-missing', message: new RegExp(join(folder, 'use-lite', 'config.json')) });
    buildModel('--out', join(folder, 'use-lite'));
    assert.equal((await kernel.run(payload, context)).fuel > 0, true);
  });

  it('are refused when one byte differs', async () => {
    await mkdir(join(folder, 'tiny'));
    await writeFile(join(folder, 'tiny', 'config.json'), CONTENT.replace('small', 'smaLl'));
    await assert.rejects(loadModelFiles('tiny', profileOf('config.json'), contextWith({ modelBase: folder })), { code: 'model-mismatch' });
  });

  it('may be named by a file URL', async () => {
    await writeFile(join(folder, 'tiny', 'config.json'), CONTENT);
    const files = await loadModelFiles('tiny', profileOf('config.json'), contextWith({ modelBase: `file://${folder}` }));
    assert.equal(files.size, 1);
  });

  it('of a model known by name alone are asked for by that name', async () => {
    const running = kernel.run({ model: 'minilm', texts: ['hello'] }, contextWith({ modelBase: MODELS }));
    await assert.rejects(running, { code: 'model-missing', message: /minilm.*config\.json/ });
  });
});
