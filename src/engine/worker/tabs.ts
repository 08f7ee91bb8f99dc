/**
 * Tabs of one browser profile share one identity, and an identity has one writer. The first tab's engine holds the
 * lock and answers the others over a BroadcastChannel; when it goes, one of them takes over.
 */
import type { EngineHandle } from '../api.js';
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
export function leadTabs(channelName: string, engine: EngineHandle, ownId: string): () => void {
  const channel = new BroadcastChannel(channelName);
  const servers = new Map<string, EngineServer>();
  channel.onmessage = ({ data: { from, up } }: MessageEvent<TabMessage>) => {
    if (!up) return;
    if (up.type === 'start') {
      servers.get(from)?.stop();
      servers.set(from, new EngineServer(following(engine), (down) => channel.postMessage({ from: ownId, to: from, down } satisfies TabMessage)));
    } else if (up.type === 'close') {
      servers.get(from)?.stop();
      servers.delete(from);
    } else {
      servers.get(from)?.receive(up);
    }
  };
  channel.postMessage({ from: ownId, leader: true } satisfies TabMessage);
  return () => {
    for (const server of servers.values()) server.stop();
    channel.close();
  };
}

/** What a follower sees: the leader's engine, with a status that says whose it is. */
function following(engine: EngineHandle): EngineHandle {
  const mirror = (state: EngineHandle['state']): EngineHandle['state'] => ({ ...state, status: 'following' });
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
    pause: (reason) => engine.pause(reason),
    resume: () => engine.resume(),
    configure: () => undefined, // limits are the leading tab's own
    history: () => engine.history(),
    exportIdentity: () => engine.exportIdentity(),
    close: () => Promise.resolve(),
  };
}

export interface Follower {
  send(message: ToEngine): void;
  stop(): void;
}

/** Introduces this tab to the leader, and to every later one. */
export function followTabs(channelName: string, ownId: string, start: ToEngine, receive: (message: FromEngine) => void): Follower {
  const channel = new BroadcastChannel(channelName);
  const send = (up: ToEngine): void => channel.postMessage({ from: ownId, up } satisfies TabMessage);
  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.leader) send(start);
    else if (data.to === ownId && data.down) receive(data.down);
  };
  send(start);
  return {
    send,
    stop() {
      send({ type: 'close' });
      channel.close();
    },
  };
}
