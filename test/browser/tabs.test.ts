import { expect } from '@open-wc/testing';
import type { EngineEvent, Senses } from '../../src/engine/api.js';
import type { HostedEngine } from '../../src/engine/host/engine.js';
import type { TabView } from '../../src/engine/host/scheduler.js';
import type { FromEngine, ToEngine } from '../../src/engine/protocol.js';
import { followTabs, leadTabs } from '../../src/engine/worker/tabs.js';

const START = { type: 'start', config: { pauses: [] }, memory: new Map() } as unknown as ToEngine;

/** An engine of which only its listeners, and what it hears of other tabs, are of interest. */
function watched(): { engine: HostedEngine; views: (TabView | undefined)[]; viewed(count: number): Promise<void>; listeners: Set<(event: EngineEvent) => void>; change(): void; left: Promise<void> } {
  const listeners = new Set<(event: EngineEvent) => void>();
  const views: (TabView | undefined)[] = [];
  let look = (): void => undefined;
  const viewed = (count: number): Promise<void> => new Promise((resolve) => {
    look = () => { if (views.length >= count) resolve(); };
    look();
  });
  let leave = (): void => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const engine = {
    state: { status: 'idle' },
    subscribe(listener: (event: EngineEvent) => void) {
      listeners.add(listener);
      return () => { listeners.delete(listener); leave(); };
    },
    quote: async () => ({ cost: 1 }),
    report: async ({ range }: { range: string }) => ({ range, site: 'of the leader' }),
    registerName: async (name: string) => `record of ${name}`,
    follow(_: string, view: TabView | undefined) {
      views.push(view);
      look();
    },
  } as unknown as HostedEngine;
  return { engine, views, viewed, listeners, left, change: () => listeners.forEach((tell) => tell({ type: 'state', state: engine.state })) };
}

describe('tabs', () => {
  let channel = '';
  beforeEach(() => (channel = crypto.randomUUID()));

  it('answer a follower out of the leader, and say whose state it is', async () => {
    const { engine } = watched();
    const stop = leadTabs(channel, engine, crypto.randomUUID());
    const started = new Promise<FromEngine>((resolve) => {
      const follower = followTabs(channel, crypto.randomUUID(), () => START, (message) => { follower.stop(); resolve(message); });
    });
    expect(await started).to.deep.include({ type: 'started', state: { status: 'following' } });
    stop();
  });

  it('have the leader make reports and register names', async () => {
    const stop = leadTabs(channel, watched().engine, crypto.randomUUID());
    const heard: FromEngine[] = [];
    let look = (): void => undefined;
    const answered = (count: number): Promise<void> => new Promise((resolve) => (look = () => { if (heard.length >= count) resolve(); }));
    const follower = followTabs(channel, crypto.randomUUID(), () => START, (message) => { heard.push(message); look(); });
    await answered(1);
    follower.send({ type: 'request', id: 1, call: 'report', args: [{ range: '24h' }] });
    await answered(2);
    follower.send({ type: 'request', id: 2, call: 'registerName', args: ['shop'] });
    await answered(3);
    expect(heard.slice(1)).to.deep.equal([
      { type: 'reply', id: 1, ok: true, value: { range: '24h', site: 'of the leader' } }, { type: 'reply', id: 2, ok: true, value: 'record of shop' },
    ]);
    follower.stop();
    stop();
  });

  it('introduce themselves to a leader that comes later', async () => {
    const started = new Promise<FromEngine>((resolve) => {
      const follower = followTabs(channel, crypto.randomUUID(), () => START, (message) => { follower.stop(); resolve(message); });
    });
    const stop = leadTabs(channel, watched().engine, crypto.randomUUID());
    expect((await started).type).to.equal('started');
    stop();
  });

  it('tell the leader what they notice and hold, anew when they are introduced, and that they are gone', async () => {
    const { engine, views, viewed } = watched();
    const stop = leadTabs(channel, engine, crypto.randomUUID());
    const senses = { active: true } as Senses;
    let started = (): void => undefined;
    const follower = followTabs(channel, crypto.randomUUID(), () => START, () => started());
    await new Promise<void>((resolve) => (started = resolve));
    follower.send({ type: 'sense', senses });
    follower.send({ type: 'configure', change: { cpuLimit: 1 } });
    follower.send({ type: 'configure', change: { pauses: ['snoozed'] } });
    await viewed(4);
    follower.stop();
    await viewed(5);
    expect(views).to.deep.equal([
      { senses: undefined, pauses: [] }, { senses, pauses: [] }, { senses, pauses: [] }, { senses, pauses: ['snoozed'] }, undefined,
    ]);
    stop();
  });

  it('are forgotten when they end without a word', async () => {
    const { engine, listeners, left } = watched();
    const stop = leadTabs(channel, engine, crypto.randomUUID());
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const module = new URL('./tabs-follower.ts', import.meta.url).href;
    const ready = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
    const script = Object.assign(frame.contentDocument!.createElement('script'), { type: 'module', src: `${module}?channel=${channel}` });
    frame.contentDocument!.body.append(script);
    await ready;
    expect(listeners.size).to.equal(1);
    frame.remove();
    await left;
    expect(listeners.size).to.equal(0);
    stop();
  });
});
