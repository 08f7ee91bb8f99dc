import { expect } from '@open-wc/testing';
import type { EngineConfig, EngineEvent, NodeState, SessionMemory, TaskProgress } from '../../src/engine/api.js';
import { EngineClient, type EnginePort } from '../../src/engine/client.js';
import { EdgeNetError } from '../../src/engine/error.js';
import type { EngineRequest, FromEngine, ToEngine } from '../../src/engine/protocol.js';
import { toWire } from '../../src/engine/protocol.js';
import { settled } from './doubles/page.js';

const CONFIG = { siteId: 'site', base: 'https://cdn.example/' } as EngineConfig;
const STATE = { status: 'idle', reasons: [], stats: { credits: 1 } } as unknown as NodeState;
const TASK = { type: 'embedding', payload: { texts: ['a'] } };

/** The worker's side, by hand; what it is sent has gone through a structured clone. */
class Port implements EnginePort {
  readonly sent: ToEngine[] = [];
  terminated = false;
  #listeners = new Map<string, (event: Event) => void>();

  postMessage(message: ToEngine): void {
    this.sent.push(structuredClone(message));
  }

  addEventListener(type: string, listener: (event: Event) => void): void {
    this.#listeners.set(type, listener);
  }

  terminate(): void {
    this.terminated = true;
  }

  says(data: FromEngine): void {
    this.#listeners.get('message')!(new MessageEvent('message', { data: structuredClone(data) }));
  }

  crashes(message: string): void {
    this.#listeners.get('error')!(new ErrorEvent('error', { message, filename: 'engine-worker.js', lineno: 3 }));
  }

  get request(): EngineRequest {
    return this.sent.at(-1) as EngineRequest;
  }
}

async function connected() {
  const port = new Port();
  const memory: SessionMemory = new Map([['identity', 'of an earlier worker']]);
  const starting = EngineClient.over(port, CONFIG, memory);
  port.says({ type: 'awake' });
  port.says({ type: 'started', state: STATE });
  return { port, memory, client: await starting };
}

async function failure(promise: Promise<unknown>): Promise<EdgeNetError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(EdgeNetError);
  return error as EdgeNetError;
}

describe('the page end of the engine', () => {
  it('starts the engine with its settings and waits for it', async () => {
    const { port, client } = await connected();
    expect(port.sent).to.deep.equal([{ type: 'start', config: CONFIG, memory: new Map([['identity', 'of an earlier worker']]) }]);
    expect(client.state).to.deep.equal(STATE);
    expect(Object.isFrozen(client.state.stats)).to.equal(true);
  });

  it('says nothing to a worker whose script is still on its way', () => {
    const port = new Port();
    const starting = failure(EngineClient.over(port, CONFIG));
    expect(port.sent).to.deep.equal([]);
    port.says({ type: 'failed', error: toWire(new EdgeNetError('unsupported', 'No.')) });
    return starting;
  });

  it('keeps what a session has to outlive its worker, and says when it has it', async () => {
    const { port, memory } = await connected();
    port.says({ type: 'keep', id: 1, entries: [['identity', null], ['task/1', 'secrets']] });
    expect([...memory]).to.deep.equal([['task/1', 'secrets']]);
    expect(port.sent.at(-1)).to.deep.equal({ type: 'kept', id: 1 });
  });

  it('passes on why an engine does not start', async () => {
    const port = new Port();
    const starting = failure(EngineClient.over(port, CONFIG));
    port.says({ type: 'failed', error: toWire(new EdgeNetError('storage-corrupt', 'Mend it.', { retryAfterMs: 5 })) });
    const error = await starting;
    expect(error).to.include({ code: 'storage-corrupt', message: 'Mend it.', retryAfterMs: 5 });
    expect(port.terminated).to.equal(true);
  });

  it('answers calls out of order, each its own', async () => {
    const { port, client } = await connected();
    const first = client.transfer('a', 1);
    const { id: firstId } = port.request;
    const second = client.bond(2);
    const { id: secondId } = port.request;
    port.says({ type: 'reply', id: secondId, ok: true, value: 'second' });
    port.says({ type: 'reply', id: firstId, ok: false, error: toWire(new EdgeNetError('insufficient-credits', 'Earn some.', { taskId: 't' })) });
    expect(await second).to.equal('second');
    expect(await failure(first)).to.include({ code: 'insufficient-credits', taskId: 't', retryable: false });
  });

  it('asks the engine for reports, the log and a name', async () => {
    const { port, client } = await connected();
    const answered = async <T>(call: Promise<T>, value: unknown): Promise<readonly [string, unknown, T]> => {
      const { id, call: name, args } = port.request;
      port.says({ type: 'reply', id, ok: true, value: value as never });
      return [name, args, await call];
    };
    const options = { range: '7d', site: 'shop' } as const;
    expect(await answered(client.report(options), { range: '7d' })).to.deep.equal(['report', [options], { range: '7d' }]);
    expect(await answered(client.registerName('shop'), 'record')).to.deep.equal(['registerName', ['shop'], 'record']);
    expect(await answered(client.history(), [])).to.deep.equal(['history', [], []]);
  });

  it('turns signal and listener into messages', async () => {
    const { port, client } = await connected();
    const controller = new AbortController();
    const seen: TaskProgress[] = [];
    const task = failure(client.submit({ ...TASK, options: { priority: 'high', signal: controller.signal, onProgress: (progress) => seen.push(progress) } }));
    const { id, args } = port.request;
    expect(args).to.deep.equal([{ ...TASK, options: { priority: 'high' } }]);
    port.says({ type: 'progress', id, progress: { taskId: 't', phase: 'run', loaded: 1, total: 2 } });
    expect(seen).to.deep.equal([{ taskId: 't', phase: 'run', loaded: 1, total: 2 }]);
    controller.abort();
    expect(port.sent.at(-1)).to.deep.equal({ type: 'cancel', id });
    port.says({ type: 'reply', id, ok: false, error: toWire(new EdgeNetError('aborted', 'Aborted.')) });
    expect((await task).code).to.equal('aborted');
  });

  it('refuses what cannot be sent', async () => {
    const { client } = await connected();
    expect((await failure(client.submit({ type: 'embedding', payload: { texts: () => 'a' } }))).code).to.equal('bad-input');
  });

  it('hands on events and keeps the last state', async () => {
    const { port, client } = await connected();
    const seen: EngineEvent[] = [];
    const unsubscribe = client.subscribe((event) => seen.push(event));
    port.says({ type: 'event', event: { type: 'state', state: { ...STATE, status: 'working' } } });
    expect(client.state.status).to.equal('working');
    unsubscribe();
    port.says({ type: 'event', event: { type: 'state', state: STATE } });
    expect(seen).to.have.length(1);
  });

  it('tells of a crash: an error state, and no call left hanging', async () => {
    const { port, client } = await connected();
    const open = failure(client.history());
    const seen: EngineEvent[] = [];
    client.subscribe((event) => seen.push(event));
    port.crashes('out of memory');
    expect((await open).message).to.contain('out of memory');
    expect(seen.map(({ type }) => type)).to.deep.equal(['state', 'error']);
    expect(client.state.status).to.equal('error');
    expect((await failure(client.history())).code).to.equal('kernel-failed');
  });

  it('follows a change of the leading tab, and ends when another took the identity', async () => {
    const { port, client } = await connected();
    const open = failure(client.history());
    port.says({ type: 'started', state: { ...STATE, nodeId: 'taken over' } });
    expect(client.state.nodeId).to.equal('taken over');
    port.says({ type: 'closed' });
    expect((await open).code).to.equal('identity-busy');
    expect(client.state.error!.code).to.equal('identity-busy');
    expect(port.terminated).to.equal(true);
  });

  it('lets the engine say goodbye when it is closed', async () => {
    const { port, client } = await connected();
    const open = failure(client.history());
    const closing = client.close();
    expect(port.sent.at(-1)).to.deep.equal({ type: 'close' });
    expect((await open).code).to.equal('closed');
    await settled();
    expect(port.terminated).to.equal(false);
    port.says({ type: 'closed' });
    await closing;
    expect(port.terminated).to.equal(true);
  });

  it('terminates it at once when the page is left, started or starting', async () => {
    const { port } = await connected();
    const other = new Port();
    const starting = failure(EngineClient.over(other, CONFIG));
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    expect(port.terminated).to.equal(true);
    expect(other.terminated).to.equal(true);
    expect((await starting).code).to.equal('closed');
  });
});
