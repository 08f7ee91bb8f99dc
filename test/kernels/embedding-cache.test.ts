import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { loadModelFiles, type ModelFiles } from '../../src/kernels/embedding/files.js';
import type { ModelProfile } from '../../src/kernels/embedding/profiles.js';
import { contextWith } from './embedding-context.js';

const CONTENT = '{"a small":"model"}';
const HASH = createHash('sha256').update(CONTENT).digest('hex');
const PROFILE: ModelProfile = {
  pooling: 'cls', dims: 4, tokensMax: 8, batchTokensMax: 8, dtype: 'q8', fuelPerToken: 1,
  files: [{ path: 'config.json', bytes: CONTENT.length, sha256: HASH }],
};

describe('a folder that downloaded models are kept in', () => {
  let folder: string;
  let modelCache: string;
  let server: Server;
  let modelBase: string;
  let served: string;
  let requests: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edge-net-cache-'));
    modelCache = join(folder, 'data', 'models');
    served = CONTENT;
    requests = 0;
    server = createServer((_, response) => {
      requests += 1;
      response.end(served);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    modelBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  const load = (cache = modelCache): Promise<ModelFiles> => loadModelFiles('tiny', PROFILE, contextWith({ modelBase, modelCache: cache }));
  const textOf = (files: ModelFiles): string => new TextDecoder().decode(files.get('config.json'));

  it('spares the second download, and tells its bytes as progress all the same', async () => {
    await load();
    const steps: [string, number, number][] = [];
    const files = await loadModelFiles('tiny', PROFILE, contextWith({ modelBase, modelCache, progress: (...step) => steps.push(step) }));
    assert.equal(textOf(files), CONTENT);
    assert.equal(requests, 1);
    assert.deepEqual(steps.at(-1), ['model', CONTENT.length, CONTENT.length]);
  });

  it('serves models that the server no longer has', async () => {
    await load();
    server.close();
    server.closeAllConnections();
    assert.equal(textOf(await load()), CONTENT);
  });

  it('holds each content once, under its hash, and nothing half written', async () => {
    await Promise.all([load(), load(), load()]);
    assert.deepEqual(await readdir(modelCache), [HASH]);
    assert.equal(await readFile(join(modelCache, HASH), 'utf8'), CONTENT);
  });

  it('is mended where a file is damaged', async () => {
    await load();
    await writeFile(join(modelCache, HASH), CONTENT.slice(0, 7));
    assert.equal(textOf(await load()), CONTENT);
    assert.equal(requests, 2);
    assert.equal(await readFile(join(modelCache, HASH), 'utf8'), CONTENT);
  });

  it('is rid of what a dead process left half written', async () => {
    await load();
    await rm(join(modelCache, HASH));
    await writeFile(join(modelCache, `${HASH}.dead.part`), CONTENT.slice(0, 7));
    await load();
    assert.deepEqual(await readdir(modelCache), [HASH]);
  });

  it('takes no file of another hash', async () => {
    served = CONTENT.replace('small', 'smaLl');
    await assert.rejects(load(), { code: 'model-mismatch' });
    await assert.rejects(readdir(modelCache), { code: 'ENOENT' });
  });

  it('may fail to keep anything, at the cost of a download each time', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (let run = 1; run <= 2; run++) {
      assert.equal(textOf(await load(join(file, 'models'))), CONTENT);
      assert.equal(requests, run);
    }
  });

  it('leaves no draft where the file cannot be put in its place', async () => {
    await mkdir(join(modelCache, HASH), { recursive: true });
    assert.equal(textOf(await load()), CONTENT);
    assert.deepEqual(await readdir(modelCache), [HASH]);
  });

  it('is left alone where the model lies in a folder anyway', async () => {
    const models = join(folder, 'tiny');
    await mkdir(models);
    await writeFile(join(models, 'config.json'), CONTENT);
    await loadModelFiles('tiny', PROFILE, contextWith({ modelBase: folder, modelCache }));
    await assert.rejects(readdir(modelCache), { code: 'ENOENT' });
  });
});
