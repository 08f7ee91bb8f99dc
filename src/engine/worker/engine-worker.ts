/// <reference lib="webworker" />
/**
 * Entry of `edge-net.engine.js`: the engine in a worker of its own, so that the page's main thread holds nothing but
 * elements. The tab that holds the writer's lock runs the engine, the others follow it and take over in turn.
 */
import type { EngineConfig, EngineHandle } from '../api.js';
import { openEngine } from '../host/engine.js';
import { claimWriter, type WriterClaim } from '../identity/single-writer.js';
import { toWire, type FromEngine, type ToEngine } from '../protocol.js';
import { asEdgeNetError, DATABASE, keepsNothing, pagePlatform } from './page-platform.js';
import { EngineServer } from './serve.js';
import { followTabs, leadTabs, type Follower } from './tabs.js';

const CHANNEL = 'edge-net';

const post = (message: FromEngine): void => self.postMessage(message);

/** The client's calls until they are answered: a leader that goes must not take them along. */
const unanswered = new Map<number, ToEngine>();
/** Public ids of submissions that the leader had taken, by request. */
const taken = new Map<number, string>();
let config: EngineConfig | undefined;
let engine: EngineHandle | undefined;
let server: EngineServer | undefined;
let follower: Follower | undefined;
let claim: WriterClaim | undefined;
let stopLeading = (): void => undefined;

self.onmessage = ({ data }: MessageEvent<ToEngine>) => {
  if (data.type === 'start') void start(data.config);
  else if (data.type === 'close') void close();
  else if (server) server.receive(data);
  else if (follower) {
    if (data.type === 'request') unanswered.set(data.id, data);
    follower.send(data);
  }
};

async function start(given: EngineConfig): Promise<void> {
  config = given;
  try {
    if (keepsNothing(given)) return await run(given);
    claim = await claimWriter(DATABASE, { onAcquired: () => void takeOver(), onLost: () => void close() });
    if (claim.role === 'writer') await lead(given);
    else follow(given);
  } catch (error) {
    post({ type: 'failed', error: toWire(asEdgeNetError(error)) });
  }
}

async function run(given: EngineConfig): Promise<void> {
  engine = await openEngine(given, pagePlatform(given));
  server = new EngineServer(engine, post);
}

async function lead(given: EngineConfig): Promise<void> {
  await run(given);
  stopLeading = leadTabs(CHANNEL, engine!, crypto.randomUUID());
}

function follow(given: EngineConfig): void {
  follower = followTabs(CHANNEL, crypto.randomUUID(), { type: 'start', config: given }, (message) => {
    if (message.type === 'reply') {
      unanswered.delete(message.id);
      taken.delete(message.id);
    }
    if (message.type === 'progress') taken.set(message.id, message.progress.taskId);
    post(message);
  });
}

/** The leading tab is gone: run the engine here, and ask it what the other did not answer. */
async function takeOver(): Promise<void> {
  follower?.stop();
  follower = undefined;
  try {
    await lead(config!);
  } catch (error) {
    return post({ type: 'failed', error: toWire(asEdgeNetError(error)) });
  }
  for (const [id, message] of unanswered) {
    const taskId = taken.get(id);
    // A submission that was taken is paid for: its result is fetched, not bought again.
    server?.receive(taskId === undefined ? message : { type: 'request', id, call: 'result', args: [taskId] });
  }
  unanswered.clear();
}

async function close(): Promise<void> {
  stopLeading();
  follower?.stop();
  server?.stop();
  await engine?.close();
  await claim?.release();
  post({ type: 'closed' });
}
