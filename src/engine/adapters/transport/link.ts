/**
 * One relay's socket and its life: dial, prove the key or find that nobody asks for it, and dial again
 * with growing pauses (GUN itself gives up for good when its first retry fails).
 */
import type { Clock, Random } from '../../ports/clock.js';
import type { Signer } from '../../ports/signer.js';
import type { LinkMode } from '../../ports/transport.js';
import type { Id } from '../../core/record.js';
import { challengeText } from './auth.js';
import type { ChallengeFrame, Frame } from './frame.js';
import { parseFrames } from './frame.js';

/** A relay of ours sends its challenge at once; one that has not within this time is a stock one. */
const CHALLENGE_MS_MAX = 1_000;
const OPEN_MS_MAX = 10_000;
/** Relays send a heartbeat every 20 s; a socket silent for longer than this is dead, whatever TCP says. */
const SILENCE_MS_MAX = 65_000;
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 3_000;
const CLOSE_MS_MAX = 1_000;
/** A stock relay gathers what it has for a client into one frame, however many chunks of an attachment that is. */
const FRAME_LENGTH_MAX = 32 << 20;
/** Close codes from here on are a relay's own, with a reason for the user. */
const REFUSED = 4_400;

export type LinkFault = 'relay-unreachable' | 'relay-rejected' | 'csp-connect';

export interface LinkEvents {
  up(mode: LinkMode): void;
  down(code: LinkFault, message: string): void;
  frame(frame: Frame): void;
}

export interface Link {
  readonly url: string;
  /** Undefined while there is no link. */
  readonly mode: LinkMode | undefined;
  send(text: string): void;
  close(): Promise<void>;
}

export interface LinkOptions {
  readonly url: string;
  readonly net: Id;
  readonly signer: Pick<Signer, 'id' | 'sign'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly WebSocket: typeof globalThis.WebSocket | undefined;
}

export function openLink({ url, net, signer, clock, random, WebSocket }: LinkOptions, events: LinkEvents): Link {
  let socket: WebSocket | undefined;
  let mode: LinkMode | undefined;
  let isClosed = false;
  let attempt = 0;
  let violation = false;
  let isHeard = false;
  let finished = (): void => {};
  const timers = new Map<'open' | 'challenge' | 'silence' | 'retry', () => void>();

  const stop = (name: 'open' | 'challenge' | 'silence' | 'retry'): void => {
    timers.get(name)?.();
    timers.delete(name);
  };
  const start = (name: 'open' | 'challenge' | 'silence' | 'retry', delayMs: number, then: () => void): void => {
    stop(name);
    timers.set(name, clock.after(delayMs, then));
  };
  const stopAll = (): void => [...timers.keys()].forEach(stop);

  // A browser reports a connection that the page's policy forbids only as this event.
  const onViolation = (event: Event): void => {
    const { blockedURI = '', effectiveDirective = '' } = event as Partial<SecurityPolicyViolationEvent>;
    if (effectiveDirective === 'connect-src' && url.startsWith(blockedURI.replace(/\/$/, ''))) violation = true;
  };
  const scope = globalThis as Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>>;
  scope.addEventListener?.('securitypolicyviolation', onViolation);

  const setUp = (next: LinkMode): void => {
    stop('challenge');
    attempt = 0;
    if (mode === next) return;
    mode = next;
    events.up(next);
  };

  const lost = (code: LinkFault, message: string): void => {
    if (socket === undefined && timers.has('retry')) return;
    stopAll();
    socket = undefined;
    mode = undefined;
    if (isClosed) return finished();
    const pauseMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** attempt++);
    const jitter = 0.5 + (random.bytes(1)[0] ?? 0) / 512;
    start('retry', pauseMs * jitter, dial);
    events.down(code, message);
  };

  const watch = (): void => {
    isHeard = false;
    start('silence', SILENCE_MS_MAX, () => (isHeard ? watch() : socket?.close()));
  };

  async function answer(challenge: ChallengeFrame, asking: WebSocket): Promise<void> {
    stop('challenge');
    if (challenge.net !== net) {
      asking.close();
      return lost('relay-rejected', `${url} serves another network: check the network descriptor's address.`);
    }
    const s = await signer.sign(challengeText(net, challenge.nonce));
    if (asking === socket && asking.readyState === 1) asking.send(JSON.stringify({ dam: 'en.auth', pub: signer.id, s }));
  }

  function hear(data: unknown, from: WebSocket): void {
    isHeard = true;
    if (typeof data !== 'string' || data.length > FRAME_LENGTH_MAX) return;
    for (const frame of parseFrames(data).frames) {
      if (frame.kind === 'challenge') void answer(frame, from);
      else if (frame.kind === 'accepted') setUp('direct');
      else events.frame(frame);
    }
  }

  function dial(): void {
    timers.delete('retry');
    violation = false;
    if (!WebSocket) return lost('relay-unreachable', 'This environment has no WebSocket: pass one in.');
    let dialled: WebSocket;
    try {
      dialled = new WebSocket(url);
    } catch (error) {
      const isPolicy = error instanceof Error && error.name === 'SecurityError';
      return lost(isPolicy ? 'csp-connect' : 'relay-unreachable', `Cannot connect to ${url}: ${String(error)}`);
    }
    socket = dialled;
    start('open', OPEN_MS_MAX, () => {
      dialled.close();
      lost('relay-unreachable', `No answer from ${url}; retrying.`);
    });
    dialled.onopen = () => {
      if (dialled !== socket) return;
      stop('open');
      start('challenge', CHALLENGE_MS_MAX, () => setUp('mailbox'));
      watch();
    };
    dialled.onmessage = ({ data }) => {
      if (dialled === socket && !isClosed) hear(data, dialled);
    };
    // Chromium closes no socket that a policy kept from opening: this event is then the last one.
    dialled.onerror = () => {
      if (dialled === socket && violation) lost('csp-connect', `This page's Content-Security-Policy forbids ${url}: add it to connect-src.`);
    };
    dialled.onclose = ({ code, reason }) => {
      if (dialled !== socket) return;
      if (code >= REFUSED) return lost('relay-rejected', `${url} refused the connection: ${reason || code}`);
      lost('relay-unreachable', `No connection to ${url} (${reason || code}); retrying.`);
    };
  }

  dial();

  return {
    url,
    get mode() {
      return mode;
    },
    send(text) {
      if (socket?.readyState === 1) socket.send(text);
    },
    close() {
      if (isClosed) return Promise.resolve();
      isClosed = true;
      stopAll();
      scope.removeEventListener?.('securitypolicyviolation', onViolation);
      if (!socket || socket.readyState === 3) return Promise.resolve();
      const closing = socket;
      return new Promise((resolve) => {
        const forget = clock.after(CLOSE_MS_MAX, () => {
          (closing as { terminate?(): void }).terminate?.();
          finished();
        });
        finished = () => {
          forget();
          finished = () => {};
          resolve();
        };
        closing.close();
      });
    },
  };
}
