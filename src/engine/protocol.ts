/**
 * What a page and its engine worker say to each other. Everything is structured-clone safe.
 *
 * The worker speaks first, with `awake`: what it is sent before its script runs would be lost. It is sent `start` and
 * answers `started`, or `failed` and nothing more. A later `started` says that another tab's engine took over; `closed` unasked, that another took over. A request is
 * answered by one `reply` with its id, and may be preceded by `progress` with the same id. `close` is the
 * last message the worker gets: it lets go of locks and sockets, answers `closed` and is terminated.
 */
import type { CollectionCall, Collections, EngineConfig, EngineEvent, EngineHandle, LiveConfig, NodeState, Senses, SessionMemory, Task, TaskOptions, TaskProgress } from './api.js';
import { EdgeNetError, type EdgeNetErrorCode } from './error.js';

/** A task without what cannot be cloned: its signal becomes `cancel`, its listener `progress`. */
export interface WireTask extends Omit<Task, 'options'> {
  readonly options: Omit<TaskOptions, 'signal' | 'onProgress'>;
}

/** The calls that are answered, by name. */
export interface Calls {
  submit(task: WireTask): ReturnType<EngineHandle['submit']>;
  quote(task: WireTask): ReturnType<EngineHandle['quote']>;
  result: EngineHandle['result'];
  transfer: EngineHandle['transfer'];
  bond: EngineHandle['bond'];
  unbond: EngineHandle['unbond'];
  /** Which call it is, and its arguments without what cannot be cloned. */
  collections(...call: CollectionCall): ReturnType<Collections[keyof Collections]>;
  history: EngineHandle['history'];
  clearHistory: EngineHandle['clearHistory'];
  report: EngineHandle['report'];
  registerName: EngineHandle['registerName'];
  exportIdentity: EngineHandle['exportIdentity'];
}

export type CallName = keyof Calls;
export type Answer<Name extends CallName> = Awaited<ReturnType<Calls[Name]>>;

export type EngineRequest = {
  [Name in CallName]: { readonly type: 'request'; readonly id: number; readonly call: Name; readonly args: Parameters<Calls[Name]> };
}[CallName];

export type ToEngine =
  /** `memory` is what an earlier worker of this session gave to keep. */
  | { readonly type: 'start'; readonly config: EngineConfig; readonly memory: SessionMemory }
  /** The page has what it was given by the `keep` of that id. */
  | { readonly type: 'kept'; readonly id: number }
  | EngineRequest
  /** The caller aborted its request; the reply is then an `aborted` error. */
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'configure'; readonly change: Partial<LiveConfig> }
  | { readonly type: 'sense'; readonly senses: Senses }
  | { readonly type: 'close' };

export type FromEngine =
  | { readonly type: 'awake' }
  /** From a session that stores nothing, for as long as the page lives; null deletes. */
  | { readonly type: 'keep'; readonly id: number; readonly entries: readonly (readonly [key: string, value: string | Uint8Array | null])[] }
  /** Make a sandbox frame that runs this script, in place of any other, and hand it the port; without a port, have none. */
  | { readonly type: 'sandbox'; readonly port: MessagePort | undefined; readonly script: string }
  | { readonly type: 'started'; readonly state: NodeState }
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'reply'; readonly id: number; readonly ok: true; readonly value: Answer<CallName> }
  | { readonly type: 'reply'; readonly id: number; readonly ok: false; readonly error: WireError }
  | { readonly type: 'progress'; readonly id: number; readonly progress: TaskProgress }
  | { readonly type: 'event'; readonly event: EngineEvent }
  | { readonly type: 'closed' };

export interface WireError {
  readonly code: EdgeNetErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
  readonly taskId?: string;
  readonly cause?: string;
}

/** For the worker's side. An error without a code is a fault of ours: it travels as `kernel-failed`. */
export function toWire(error: unknown): WireError {
  if (!(error instanceof EdgeNetError)) return { code: 'kernel-failed', message: `The engine failed: ${describe(error)}` };
  return {
    code: error.code,
    message: error.message,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.taskId === undefined ? {} : { taskId: error.taskId }),
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  };
}

export function fromWire({ code, message, ...details }: WireError): EdgeNetError {
  return new EdgeNetError(code, message, details);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
