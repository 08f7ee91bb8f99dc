/** `diagnose()` where the browser refuses storage: the probe alone, and what the visitor's site is told. */
import { expect } from '@open-wc/testing';
import { tryStorage } from '../../src/engine/diagnosis/probes.js';

const { open, deleteDatabase } = IDBFactory.prototype;

describe('the trial of storage', () => {
  afterEach(() => Object.assign(IDBFactory.prototype, { open, deleteDatabase }));

  it('opens a database, and leaves none', async () => {
    expect(await tryStorage()).to.equal(true);
    expect((await indexedDB.databases()).map(({ name }) => name)).not.to.include('edge-net-probe');
  });

  it('takes a refusal for one, as a sandboxed frame throws it', async () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('access to the Indexed Database API is denied in this context.', 'SecurityError');
    };
    expect(await tryStorage()).to.equal(false);
  });

  it('is content when another tab tries at the same moment, and holds the database open', async () => {
    const other = indexedDB.open('edge-net-probe');
    await new Promise((resolve) => (other.onsuccess = resolve));
    const answer = await tryStorage();
    other.result.close();
    expect(answer).to.equal(true);
  });
});
