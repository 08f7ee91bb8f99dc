/// <reference lib="webworker" />
/**
 * Entry of `edge-net.engine.js`: the engine in a worker of its own, so that the page's main thread holds nothing but
 * elements. The tab that holds the writer's lock runs the engine, the others follow it and take over in turn.
 */
import type { EngineConfig, Senses } from '../api.js';
import { EdgeNetError } from '../error.js';
import { openEngine, type HostedEngine } from '../host/engine.js';
import { claimWriter, type WriterClaim } from '../identity/single-writer.js';
import type { Write } from '../ports/storage.js';
import { toWire, type EngineRequest, type FromEngine, type ToEngine } from '../protocol.js';
import { asEdgeNetError, DATABASE, keepsNothing, pagePlatform } from './page-platform.js';
import { EngineServer } from './serve.js';
import { openSessionStore } from './session-store.js';
import { followTabs, leadTabs, type Follower } from './tabs.js';

const CHANNEL = 'edge-net';
/** Asked twice, these would be done twice. */
const ONCE_ONLY: ReadonlySet<EngineRequest['call']> = new Set<EngineRequest['call']>(['transfer', 'bond', 'unbond', 'collections']);

type Start = Extract<ToEngine, { type: 'start' }>;

/** With whatever the page has changed since, so that the tab which takes over knows it. */
let start: Start | undefined;
let senses: Senses | undefined;
let engine: HostedEngine | undefined;
let server: EngineServer | undefined;
let follower: Follower | undefined;
let claim: WriterClaim | undefined;
let stopLeading = (): void => undefined;
/** The page's calls until they are answered: a leader that goes must not take them along. */
const unanswered = new Map<number, EngineRequest>();
/** Entries that the page was given to keep, until it has them. */
const keeping = new Map<number, () => void>();
let nextKeep = 1;

function post(message: FromEngine): void {
  if (message.type === 'reply') unanswered.delete(message.id);
  self.postMessage(message);
}

self.onmessage = ({ data }: MessageEvent<ToEngine>) => {
  switch (data.type) {
    case 'start':
      start = data;
      return void begin(data);
    case 'kept':
      keeping.get(data.id)?.();
      return void keeping.delete(data.id);
    case 'close':
      return void close();
    case 'request':
      unanswered.set(data.id, data);
      break;
    case 'cancel':
      if (!server && !follower) return refuse(data.id, new EdgeNetError('aborted', 'The call was aborted.'));
      break;
    case 'configure':
      if (start) start = { ...start, config: { ...start.config, ...data.change } };
      break;
    case 'sense':
      senses = data.senses;
  }
  // Between two leaders nobody answers; what is unanswered is asked again when one does.
  if (server) server.receive(data);
  else follower?.send(data);
};

async function begin({ config, memory }: Start): Promise<void> {
  try {
    if (keepsNothing(config)) return await run(config, memory);
    claim = await claimWriter(DATABASE, { onAcquired: () => void takeOver(), onLost: () => void close() });
    if (claim.role === 'writer') await lead(config, memory);
    else follow();
  } catch (error) {
    post({ type: 'failed', error: toWire(asEdgeNetError(error)) });
  }
}

async function run(config: EngineConfig, memory: Start['memory']): Promise<void> {
  engine = await openEngine(config, pagePlatform(config, () => openSessionStore(memory, keep), setFrame));
  if (senses) engine.sense(senses);
  server = new EngineServer(engine, post);
}

async function lead(config: EngineConfig, memory: Start['memory']): Promise<void> {
  await run(config, memory);
  stopLeading = leadTabs(CHANNEL, engine!, crypto.randomUUID());
}

function follow(): void {
  follower = followTabs(CHANNEL, crypto.randomUUID(), () => start!, (message) => {
    post(message);
    if (message.type !== 'started') return;
    if (senses) follower?.send({ type: 'sense', senses });
    askAgain((request) => follower?.send(request));
  });
}

/** The leading tab is gone: run the engine here, and ask it what the other did not answer. */
async function takeOver(): Promise<void> {
  follower?.stop();
  follower = undefined;
  const { config, memory } = start!;
  try {
    await lead(config, memory);
  } catch (error) {
    return post({ type: 'failed', error: toWire(asEdgeNetError(error)) });
  }
  askAgain((request) => server?.receive(request));
}

/** A submission names its task, so that one which the last leader had bought is not bought again. */
function askAgain(ask: (request: EngineRequest) => void): void {
  for (const request of [...unanswered.values()]) {
    if (ONCE_ONLY.has(request.call)) refuse(request.id, new EdgeNetError('closed', `The tab that was asked for the ${request.call} is gone. See in history() and stats() whether it took place before you repeat it.`));
    else ask(request);
  }
}

function refuse(id: number, error: EdgeNetError): void {
  post({ type: 'reply', id, ok: false, error: toWire(error) });
}

/** Frames are made where there is a document. */
function setFrame(port: MessagePort | undefined, script: string): void {
  self.postMessage({ type: 'sandbox', port, script } satisfies FromEngine, port ? [port] : []);
}

function keep(entries: readonly Write[]): Promise<void> {
  const id = nextKeep++;
  return new Promise((resolve) => {
    keeping.set(id, resolve);
    post({ type: 'keep', id, entries });
  });
}

async function close(): Promise<void> {
  stopLeading();
  follower?.stop();
  server?.stop();
  await engine?.close();
  await claim?.release();
  post({ type: 'closed' });
}

post({ type: 'awake' });
