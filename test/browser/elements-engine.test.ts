import { expect } from '@open-wc/testing';
import { EdgeNetError, type TaskResult } from '../../src/engine/index.js';
import { engines, hub, refusal, time } from './doubles/engine.js';
import { Visitor } from '../../src/elements/consent/visitor.js';
import '../../src/elements/edge-net.js';
import { addNode, contributing, engineAt, once, reset, settled, until } from './doubles/page.js';

const GRACE_MS = 2_000;
const TASK = { type: 'embedding', payload: { texts: ['a'], model: 'use-lite' } };
const RESULT: TaskResult = { taskId: 't1', cost: 1, workers: ['a', 'b'], verified: true };

async function refused(promise: Promise<unknown>): Promise<EdgeNetError> {
  try {
    await promise;
  } catch (error) {
    expect(error).to.be.instanceOf(EdgeNetError);
    return error as EdgeNetError;
  }
  throw new Error('It was not refused.');
}

function hide(): void {
  dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
}

function show(): void {
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
}

describe('the engine of a page', () => {
  beforeEach(reset);

  it('is one for equal tags, and stops with the last', async () => {
    const { node, engine } = await contributing();
    const other = addNode({ consent: 'granted' });
    await until(() => other.state.status === 'idle');
    node.remove();
    time.pass(GRACE_MS);
    expect(engine.closed).to.equal(false);
    other.remove();
    time.pass(GRACE_MS);
    expect(engine.closed).to.equal(true);
    expect(engines).to.have.length(1);
  });

  it('refuses a tag with other settings', async () => {
    const { node, engine } = await contributing();
    const other = addNode({ consent: 'granted', 'cpu-limit': '0.1' });
    const { detail } = await once(other, 'edge-net-error');
    expect(detail.code).to.equal('config-conflict');
    expect(other.state.status).to.equal('error');
    expect(node.state.status).to.equal('idle');
    expect((await refused(other.submit(TASK))).code).to.equal('config-conflict');
    node.remove();
    other.setAttribute('cpu-limit', '0.2');
    await until(() => other.state.status === 'idle');
    expect(engine.calls.join(), 'the settings of a node that left do not bind').to.contain('"cpuLimit":0.2');
  });

  it('outlives a node that is moved, not one that stays away', async () => {
    const { node, engine } = await contributing();
    node.remove();
    time.pass(GRACE_MS - 1);
    document.body.append(node);
    await settled();
    time.pass(GRACE_MS);
    expect(engine.closed).to.equal(false);
    node.remove();
    time.pass(GRACE_MS);
    expect(engine.closed).to.equal(true);
  });

  it('leaves no timer behind after ten comings and goings', async () => {
    for (let round = 0; round < 10; round++) {
      const { node } = await contributing();
      node.remove();
      time.pass(GRACE_MS);
    }
    expect(time.waiting).to.equal(0);
    expect(engines.every(({ closed }) => closed)).to.equal(true);
    expect(hub.snapshot.nodes).to.have.length(0);
  });

  it('stops as the page is left and comes back with it; open promises go on', async () => {
    const { node, engine } = await contributing();
    const named = node.submit({ ...TASK, options: { taskId: 'named-by-the-page' } });
    const unnamed = node.submit(TASK);
    await until(() => engine.submissions.length === 2);
    hide();
    expect(engine.closed).to.equal(true);
    show();
    const next = await engineAt(1);
    await until(() => next.submissions.length === 2);
    const ids = ({ submissions }: typeof engine) => submissions.map(({ task }) => task.options?.taskId);
    expect(ids(next), 'the same tasks, so that none is bought twice').to.deep.equal(ids(engine));
    expect(ids(next)[0]).to.equal('named-by-the-page');
    expect(ids(next)[1]).to.match(/^[\w-]{22}$/u);
    for (const { resolve } of next.submissions) resolve(RESULT);
    expect(await Promise.all([named, unnamed])).to.deep.equal([RESULT, RESULT]);
  });

  it('tells a start that was refused, and tries again when asked to', async () => {
    refusal.error = new EdgeNetError('csp-worker', 'Allow workers.');
    const node = addNode({ consent: 'granted' });
    const { detail } = await once(node, 'edge-net-error');
    expect(detail.code).to.equal('csp-worker');
    expect(node.state.status).to.equal('error');
    expect((await refused(node.whenReady())).code).to.equal('csp-worker');
    refusal.error = undefined;
    const ready = once(node, 'edge-net-ready');
    void node.submit(TASK).catch(() => {});
    await ready;
    await until(() => engines[0]!.submissions.length);
  });

  it('learns of limits that change while it runs, and is replaced for any other change', async () => {
    const { node, engine } = await contributing();
    node.cpuLimit = 0.1;
    node.tasks = 'vectors';
    await settled();
    expect(engine.closed).to.equal(false);
    const [configure] = engine.calls;
    expect(configure).to.contain('"cpuLimit":0.1').and.contain('"tasks":["vectors"]');
    node.siteId = 'another-site';
    const next = await engineAt(1);
    expect(engine.closed).to.equal(true);
    expect(next.config).to.include({ siteId: 'another-site', cpuLimit: 0.1 });
  });

  it('pauses for site, visitor and snooze, each ended by its own side', async () => {
    const { node, engine } = await contributing();
    node.pause();
    await until(() => node.state.status === 'paused');
    expect(node.state.reasons).to.deep.equal(['paused-by-site']);
    node.pause('visitor');
    node.resume();
    await until(() => !node.state.reasons.includes('paused-by-site'));
    expect(node.state.reasons).to.deep.equal(['paused-by-visitor']);
    node.resume('visitor');
    expect(node.state.status).to.equal('idle');
    node.snooze(60_000);
    expect(node.state.reasons).to.deep.equal(['snoozed']);
    time.pass(60_000);
    expect(node.state.status).to.equal('idle');
    await settled();
    const told = [['paused-by-site'], ['paused-by-site', 'paused-by-visitor'], ['paused-by-visitor'], [], ['snoozed'], []];
    expect(engine.calls).to.deep.equal(told.map((pauses) => `configure ${JSON.stringify({ pauses })}`));
  });

  it('is held by each node of the page, until the last of them lets go or is gone', async () => {
    const { node, engine } = await contributing();
    const other = addNode({ consent: 'granted', paused: '' });
    await until(() => engine.calls.includes('configure {"pauses":["paused-by-site"]}'));
    node.pause();
    node.resume();
    await settled();
    expect(engine.calls).to.have.length(1);
    other.remove();
    time.pass(GRACE_MS);
    await settled();
    expect(engine.calls.at(-1)).to.equal('configure {"pauses":[]}');
  });

  it('is paused when it is still starting', async () => {
    const node = addNode({ consent: 'granted' });
    await settled();
    node.snooze(60_000);
    const engine = await engineAt(0);
    await settled();
    expect([engine.config.pauses, ...engine.calls].flat().join()).to.contain('snoozed');
    node.resume();
  });

  it('keeps a snooze for the next page, and nothing before consent or where nothing may be left', async () => {
    const kept = () => localStorage.getItem('edge-net.visitor');
    const { node } = await contributing();
    node.snooze(60_000);
    expect(JSON.parse(kept()!)).to.include({ pausedUntil: time.now() + 60_000 });
    expect(new Visitor(time.now).pausedUntil).to.equal(time.now() + 60_000);
    node.resume();
    expect(new Visitor(time.now).pausedUntil).to.equal(0);
    node.remove();
    localStorage.clear();
    const asking = addNode();
    await until(() => asking.state.status === 'awaiting-consent');
    asking.snooze(60_000);
    asking.remove();
    const { node: forgetful } = await contributing({ storage: 'memory' });
    forgetful.snooze(60_000);
    forgetful.resume();
    expect(kept()).to.equal(null);
  });

  it('heeds what the visitor says in another tab of the site', async () => {
    const { node } = await contributing();
    const say = (memory: object): void => {
      localStorage.setItem('edge-net.visitor', JSON.stringify(memory));
      dispatchEvent(new StorageEvent('storage', { key: 'edge-net.visitor', newValue: JSON.stringify(memory) }));
    };
    say({ pausedUntil: time.now() + 60_000 });
    expect(node.state.reasons).to.deep.equal(['snoozed']);
    say({ pausedUntil: 0 });
    expect(node.state.reasons).to.deep.equal([]);
    say({ answer: 'denied', answerUntil: time.now() + 60_000 });
    expect(node.state.status).to.equal('declined');
  });

  it('starts paused where the visitor had paused it', async () => {
    hub.visitor.wish({ pausedUntil: time.now() + 60_000 }, false);
    const { node, engine } = await contributing();
    expect(engine.config.pauses).to.deep.equal(['snoozed']);
    expect(node.state.status).to.equal('paused');
  });

  it('closes for good on disconnect()', async () => {
    const { node, engine } = await contributing();
    const open = refused(node.submit(TASK));
    await until(() => engine.submissions.length);
    await node.disconnect();
    expect(node.state.status).to.equal('closed');
    expect((await open).code).to.equal('closed');
    expect((await refused(node.submit(TASK))).code).to.equal('closed');
    document.body.append(node);
    await engineAt(1);
    await until(() => node.state.status === 'idle');
  });

  it('goes on under an imported identity', async () => {
    const { node } = await contributing();
    expect(await node.exportIdentity()).to.equal('identity kept');
    await node.importIdentity('another identity');
    const next = await engineAt(1);
    expect(next.config.privateKey).to.equal('another identity');
    expect((await refused(node.importIdentity(''))).code).to.equal('bad-input');
  });

  it('is mirrored: a frozen state, an event for each change, a CSS state', async () => {
    const { node, engine } = await contributing();
    const before = node.state;
    const change = once(node, 'edge-net-state');
    engine.become({ status: 'working' });
    expect((await change).detail).to.equal(node.state);
    expect(node.state).not.to.equal(before);
    expect(Object.isFrozen(node.state)).to.equal(true);
    expect(node.matches(':state(working)')).to.equal(true);
    expect(node.matches(':state(idle)')).to.equal(false);
    const credit = once(document.body, 'edge-net-credit');
    engine.emit({ type: 'credit', gained: 1, total: 13.5 });
    expect((await credit).detail).to.deep.equal({ gained: 1, total: 13.5 });
  });
});

describe('a task without consent to contribute', () => {
  beforeEach(reset);

  it('runs in a session that neither works nor stores', async () => {
    const node = addNode();
    const result = node.submit(TASK);
    const engine = await engineAt(0);
    expect(engine.config).to.include({ contribute: false, storage: 'memory' });
    await until(() => engine.submissions.length);
    engine.submissions[0]!.resolve(RESULT);
    expect(await result).to.equal(RESULT);
    expect(node.state.status).to.equal('awaiting-consent');
    expect(localStorage).to.have.length(0);
  });

  it('works after a no as well', async () => {
    hub.visitor.decide('denied', 30);
    const node = addNode();
    void node.submit(TASK).catch(() => {});
    const engine = await engineAt(0);
    expect(engine.config.contribute).to.equal(false);
    expect(node.state.status).to.equal('declined');
  });

  it('is carried over the back button under the same throw-away identity', async () => {
    const node = addNode();
    const result = node.submit(TASK);
    const engine = await engineAt(0);
    await until(() => engine.submissions.length);
    engine.memory.set('identity', 'thrown away');
    hide();
    show();
    const next = await engineAt(1);
    expect(next.memory.get('identity')).to.equal('thrown away');
    await until(() => next.submissions.length);
    next.submissions[0]!.resolve(RESULT);
    expect(await result).to.equal(RESULT);
  });

  it('is finished by its session when the visitor allows contributing meanwhile', async () => {
    const node = addNode();
    const result = node.submit(TASK);
    const session = await engineAt(0);
    await until(() => session.submissions.length);
    hub.visitor.decide('granted', 0);
    await engineAt(1);
    expect(session.closed).to.equal(false);
    session.submissions[0]!.resolve(RESULT);
    await result;
    await until(() => session.closed);
    expect(engines[1]!.closed).to.equal(false);
  });

  it('does not give an account: transfers ask for consent first', async () => {
    const node = addNode();
    expect((await refused(node.transfer('somebody', 1))).code).to.equal('consent-missing');
    hub.visitor.decide('denied', 30);
    expect((await refused(node.bond(1))).code).to.equal('consent-denied');
    expect(engines).to.have.length(0);
  });

  it('can be aborted, before and during', async () => {
    const node = addNode();
    expect((await refused(node.submit({ ...TASK, options: { signal: AbortSignal.abort() } }))).code).to.equal('aborted');
    const controller = new AbortController();
    const open = refused(node.submit({ ...TASK, options: { signal: controller.signal } }));
    await until(() => engines[0]?.submissions.length);
    controller.abort();
    expect((await open).code).to.equal('aborted');
  });

  it('settles each of a batch on its own, in order', async () => {
    const node = addNode();
    const batch = node.submitBatch([TASK, TASK]);
    const engine = await engineAt(0);
    await until(() => engine.submissions.length === 2);
    engine.submissions[1]!.resolve(RESULT);
    engine.submissions[0]!.reject(new EdgeNetError('no-workers', 'none'));
    const [first, second] = await batch;
    expect(first!.status).to.equal('rejected');
    expect(second).to.deep.equal({ status: 'fulfilled', value: RESULT });
  });

  it('is refused where there is no node, no document or no network', async () => {
    const node = document.createElement('edge-net-node');
    expect((await refused(node.submit(TASK))).code).to.equal('not-initialised');
    document.body.append(node);
    const unset = await refused(node.submit(TASK));
    expect(unset.code).to.equal('config-invalid');
    expect(unset.message).to.contain('relays');
    expect(node.state.status).to.equal('unconfigured');
  });
});
