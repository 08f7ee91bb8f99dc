/**
 * Tabs of one browser profile share one identity, and an identity has one writer. The first tab's engine holds the
 * lock and answers the others over a BroadcastChannel; when it goes, one of them takes over. A follower may go without
 * a word, so it holds a Web Lock of its own for as long as it lives, and the leader waits in line for that.
 */
import type { EngineHandle, Reason, Senses } from '../api.js';
import type { HostedEngine } from '../host/engine.js';
import type { FromEngine, ToEngine } from '../protocol.js';
import { EngineServer } from './serve.js';

/** `to` is a follower's id; without it a message goes to the leader. */
interface TabMessage {
  readonly from: string;
  readonly to?: string;
  readonly down?: FromEngine;
  readonly up?: ToEngine;
  /** The leader came, and followers should introduce themselves again. */
  readonly leader?: true;
}

/** Answers every follower out of this tab's engine. @returns a function that stops */
export function leadTabs(channelName: string, engine: HostedEngine, ownId: string): () => void {
  const channel = new BroadcastChannel(channelName);
  const servers = new Map<string, EngineServer>();
  const leading = new AbortController();

  function forget(follower: string): void {
    servers.get(follower)?.stop();
    servers.delete(follower);
    engine.follow(follower, undefined);
  }

  function serve(follower: string, pauses: readonly Reason[]): void {
    // A follower that introduces itself anew is watched already.
    if (!servers.has(follower)) {
      const gone = navigator.locks.request(lifeOf(follower), { signal: leading.signal }, () => forget(follower));
      gone.catch(() => undefined); // this tab leads no more
    }
    servers.get(follower)?.stop();
    servers.set(follower, new EngineServer(following(engine, follower, pauses), (down) => channel.postMessage({ from: ownId, to: follower, down } satisfies TabMessage)));
  }

  channel.onmessage = ({ data: { from, up } }: MessageEvent<TabMessage>) => {
    if (!up) return;
    if (up.type === 'start') serve(from, up.config.pauses);
    else if (up.type === 'close') forget(from);
    else servers.get(from)?.receive(up);
  };
  channel.postMessage({ from: ownId, leader: true } satisfies TabMessage);
  return () => {
    leading.abort();
    for (const server of servers.values()) server.stop();
    channel.close();
  };
}

/** Names the lock that a follower holds while it lives. */
function lifeOf(follower: string): string {
  return `edge-net follower ${follower}`;
}

/**
 * What a follower sees: the leader's engine, with a status that says whose it is. Its limits are the leading tab's own, but
 * a visitor who is active in this tab, and whoever pauses in it, means the one machine that both run on.
 */
function following(engine: HostedEngine, follower: string, paused: readonly Reason[]): EngineHandle {
  const mirror = (state: EngineHandle['state']): EngineHandle['state'] => ({ ...state, status: 'following' });
  let pauses = paused;
  let senses: Senses | undefined;
  const tell = (): void => engine.follow(follower, { senses, pauses });
  tell();
  return {
    get state() {
      return mirror(engine.state);
    },
    subscribe: (listener) => engine.subscribe((event) => listener(event.type === 'state' ? { type: 'state', state: mirror(event.state) } : event)),
    submit: (task) => engine.submit(task),
    quote: (task) => engine.quote(task),
    result: (taskId) => engine.result(taskId),
    transfer: (to, credits, memo) => engine.transfer(to, credits, memo),
    bond: (credits) => engine.bond(credits),
    unbond: (credits) => engine.unbond(credits),
    collections: engine.collections,
    configure(change) {
      pauses = change.pauses ?? pauses;
      tell();
    },
    sense(noticed) {
      senses = noticed;
      tell();
    },
    history: () => engine.history(),
    clearHistory: () => engine.clearHistory(),
    report: (options) => engine.report(options),
    registerName: (name) => engine.registerName(name),
    exportIdentity: () => engine.exportIdentity(),
    close: () => Promise.resolve(),
  };
}

export interface Follower {
  send(message: ToEngine): void;
  stop(): void;
}

/**
 * Introduces this tab to the leader, and to every later one.
 * @param start says with which settings, as they are by then
 */
export function followTabs(channelName: string, ownId: string, start: () => ToEngine, receive: (message: FromEngine) => void): Follower {
  const channel = new BroadcastChannel(channelName);
  const send = (up: ToEngine): void => channel.postMessage({ from: ownId, up } satisfies TabMessage);
  let end = (): void => undefined;
  const life = new Promise<void>((resolve) => (end = resolve));
  let held = false;
  /** Not before the lock is held: a leader that had it at once would take this tab for gone. */
  const introduce = (): void => { if (held) send(start()); };
  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.leader) introduce();
    else if (data.to === ownId && data.down) receive(data.down);
  };
  void navigator.locks.request(lifeOf(ownId), () => {
    held = true;
    introduce();
    return life;
  });
  return {
    send,
    stop() {
      send({ type: 'close' });
      end();
      channel.close();
    },
  };
}
