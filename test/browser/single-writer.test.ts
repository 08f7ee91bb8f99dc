import { expect } from '@open-wc/testing';
import { claimWriter, type WriterClaim } from '../../src/engine/identity/single-writer.js';
import { codeOf } from '../contract/runner.js';

interface Tracked {
  readonly claim: WriterClaim;
  readonly events: string[];
  readonly acquired: Promise<void>;
  readonly lost: Promise<void>;
}

async function claim(name: string): Promise<Tracked> {
  const events: string[] = [];
  const told = { acquired: (): void => undefined, lost: (): void => undefined };
  const acquired = new Promise<void>((resolve) => (told.acquired = resolve));
  const lost = new Promise<void>((resolve) => (told.lost = resolve));
  const made = await claimWriter(name, {
    onAcquired: () => (events.push('acquired'), told.acquired()),
    onLost: () => (events.push('lost'), told.lost()),
  });
  return { claim: made, events, acquired, lost };
}

/** What the worker says next. */
function next(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
}

describe('single writer', () => {
  let name = '';
  beforeEach(() => (name = crypto.randomUUID()));

  it('gives the writing to the first, and in line to those that follow', async () => {
    const [first, second, third] = [await claim(name), await claim(name), await claim(name)];
    expect([first.claim.role, second.claim.role, third.claim.role]).to.deep.equal(['writer', 'follower', 'follower']);
    await first.claim.release();
    await second.acquired;
    expect([first.claim.role, second.claim.role, third.claim.role]).to.deep.equal(['follower', 'writer', 'follower']);
    await second.claim.release();
    await third.acquired;
    expect([first.events, second.events, third.events]).to.deep.equal([[], ['acquired'], ['acquired']]);
    await third.claim.release();
  });

  it('keeps names apart', async () => {
    const [one, other] = [await claim(name), await claim(`${name} too`)];
    expect([one.claim.role, other.claim.role]).to.deep.equal(['writer', 'writer']);
    await Promise.all([one.claim.release(), other.claim.release()]);
  });

  it('lets one leave the line', async () => {
    const [first, second, third] = [await claim(name), await claim(name), await claim(name)];
    await second.claim.release();
    await first.claim.release();
    await third.acquired;
    expect(second.events).to.deep.equal([]);
    await third.claim.release();
    expect((await claim(name)).claim.role).to.equal('writer');
  });

  it('follows a worker, and takes over when the worker is terminated', async () => {
    const worker = new Worker(new URL('./writer-worker.ts', import.meta.url), { type: 'module' });
    worker.postMessage(name);
    expect(await next(worker)).to.equal('writer');
    const page = await claim(name);
    expect(page.claim.role).to.equal('follower');
    worker.terminate();
    await page.acquired;
    expect(page.claim.role).to.equal('writer');
    await page.claim.release();
  });

  it('hands over to a worker that waits', async () => {
    const page = await claim(name);
    const worker = new Worker(new URL('./writer-worker.ts', import.meta.url), { type: 'module' });
    worker.postMessage(name);
    expect(await next(worker)).to.equal('follower');
    const turn = next(worker);
    await page.claim.release();
    expect(await turn).to.equal('acquired');
    worker.terminate();
  });

  it('tells a writer whose lock foreign code stole', async () => {
    const held = await claim(name);
    await navigator.locks.request(`edge-net writer ${name}`, { steal: true }, () => undefined);
    await held.lost;
    expect(held.claim.role).to.equal('follower');
    await held.claim.release();
  });

  it('says so where there are no Web Locks', async () => {
    Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true });
    try {
      expect(await codeOf(claim(name))).to.equal('unsupported');
    } finally {
      Reflect.deleteProperty(navigator, 'locks');
    }
  });
});
