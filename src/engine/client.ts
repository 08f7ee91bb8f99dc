/**
 * The page's end of the engine. It decides nothing: calls become messages, answers become promises, pushed
 * states are frozen and handed on.
 */
import type { CollectionCall, Collections, EngineConfig, EngineEvent, EngineHandle, HistoryEntry, LiveConfig, NodeState, Quote, Report, ReportOptions, Senses, SessionMemory, Task, TaskProgress, TaskResult } from './api.js';
import { EdgeNetError } from './error.js';
import { fromWire, type Answer, type CallName, type EngineRequest, type FromEngine, type ToEngine, type WireTask } from './protocol.js';
import type { FromHost } from './sandbox/messages.js';
import { senseThePage, type PageSenses } from './senses/page-senses.js';
import { startModuleWorker, type WorkerStartError } from './worker/trampoline.js';

const ENTRY = 'edge-net.engine.js';
const NO_HOST: FromHost = { t: 'gone', code: 'csp-frame', message: 'The code for the sandbox frame could not be loaded. Check that edge-net.frame-host.js lies beside the other files.' };
/** How long a closing engine may take to let go of its sockets and locks. */
const CLOSE_MS_MAX = 1_000;

/** As much of a Worker as the client needs. */
export interface EnginePort {
  postMessage(message: ToEngine): void;
  addEventListener(type: 'message' | 'error' | 'messageerror', listener: (event: Event) => void): void;
  terminate(): void;
}

interface Waiting {
  readonly resolve: (value: Answer<CallName>) => void;
  readonly reject: (error: EdgeNetError) => void;
  readonly onProgress: ((progress: TaskProgress) => void) | undefined;
}

export class EngineClient implements EngineHandle {
  #port: EnginePort;
  #state: NodeState;
  #waiting = new Map<number, Waiting>();
  #listeners = new Set<(event: EngineEvent) => void>();
  #nextId = 1;
  #ended: EdgeNetError | undefined;
  #closed = () => {};
  #senses: PageSenses | undefined;
  /** Removes the sandbox frame, if there is one. */
  #removeFrame = Promise.resolve(() => {});

  private constructor(port: EnginePort, state: NodeState) {
    this.#port = port;
    this.#state = freeze(state);
    addEventListener('pagehide', this.#terminate);
  }

  /**
   * Starts the worker from `config.base` and waits until the engine in it answers.
   * @param memory of a session; what the engine needs to outlive its worker is put there
   */
  static async start(config: EngineConfig, memory: SessionMemory): Promise<EngineClient> {
    const client = await new Promise<EngineClient>((resolve, reject) => {
      const failed = ({ code, message, cause }: WorkerStartError) => reject(new EdgeNetError(code, message, { cause }));
      try {
        EngineClient.over(startModuleWorker(new URL(ENTRY, config.base).href, { name: 'edge-net', failed }), config, memory).then(resolve, reject);
      } catch (error) {
        failed(error as WorkerStartError);
      }
    });
    // A session that only submits has nothing to step back from.
    if (config.contribute) client.#sensePage(config.idleMsMin);
    return client;
  }

  /** Speaks to an engine behind any port. A port that never answers is its owner's to notice. */
  static over(port: EnginePort, config: EngineConfig, memory: SessionMemory = new Map()): Promise<EngineClient> {
    return new Promise((resolve, reject) => {
      let client: EngineClient | undefined;
      // Locks and sockets held by a worker keep a page out of the back/forward cache, and a page that is being
      // hidden has no time for a goodbye.
      const abandon = () => {
        port.terminate();
        reject(left());
      };
      addEventListener('pagehide', abandon);
      port.addEventListener('message', (event) => {
        const message = (event as MessageEvent<FromEngine>).data;
        if (message.type === 'awake') return port.postMessage({ type: 'start', config, memory });
        if (message.type === 'keep') return port.postMessage(keep(memory, message));
        if (client) return client.#receive(message);
        removeEventListener('pagehide', abandon);
        if (message.type === 'started') {
          resolve((client = new EngineClient(port, message.state)));
        } else if (message.type === 'failed') {
          port.terminate();
          reject(fromWire(message.error));
        }
      });
      port.addEventListener('error', (event) => {
        if (client) client.#crash(event);
      });
    });
  }

  get state(): NodeState {
    return this.#state;
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  submit(task: Task): Promise<TaskResult> {
    return this.#call('submit', [wire(task)], task.options?.signal, task.options?.onProgress);
  }

  quote(task: Task): Promise<Quote> {
    return this.#call('quote', [wire(task)], task.options?.signal);
  }

  result(taskId: string): Promise<TaskResult> {
    return this.#call('result', [taskId]);
  }

  transfer(to: string, credits: number, memo?: string): Promise<string> {
    return this.#call('transfer', memo === undefined ? [to, credits] : [to, credits, memo]);
  }

  bond(credits: number): Promise<string> {
    return this.#call('bond', [credits]);
  }

  unbond(credits: number): Promise<string> {
    return this.#call('unbond', [credits]);
  }

  readonly collections: Collections = {
    create: (collection) => this.#onCollections('create', collection),
    list: () => this.#onCollections('list'),
    get: (id) => this.#onCollections('get', id),
    export: (id, { signal, onProgress, ...rest } = {}) => this.#call('collections', ['export', id, rest], signal, onProgress) as ReturnType<Collections['export']>,
    extend: (id, credits) => this.#onCollections('extend', id, credits),
    delete: (id) => this.#onCollections('delete', id),
  };

  #onCollections<Name extends keyof Collections>(...call: [name: Name, ...args: Parameters<Collections[Name]>]): ReturnType<Collections[Name]> {
    return this.#call('collections', call as unknown as CollectionCall) as ReturnType<Collections[Name]>;
  }

  history(): Promise<HistoryEntry[]> {
    return this.#call('history', []);
  }

  clearHistory(): Promise<void> {
    return this.#call('clearHistory', []);
  }

  report(options: ReportOptions): Promise<Report> {
    return this.#call('report', [options]);
  }

  registerName(name: string): Promise<string> {
    return this.#call('registerName', [name]);
  }

  exportIdentity(): Promise<string> {
    return this.#call('exportIdentity', []);
  }

  configure(change: Partial<LiveConfig>): void {
    if (change.idleMsMin !== undefined) this.#senses?.configure(change.idleMsMin);
    this.#tell({ type: 'configure', change });
  }

  sense(senses: Senses): void {
    this.#tell({ type: 'sense', senses });
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    const goodbye = new Promise<void>((resolve) => {
      this.#closed = resolve;
      setTimeout(resolve, CLOSE_MS_MAX);
    });
    this.#tell({ type: 'close' });
    this.#end(new EdgeNetError('closed', 'The engine was closed while this call was under way. Start it again and repeat the call.'));
    await goodbye;
    this.#terminate();
  }

  #sensePage(idleMsMin: number): void {
    if (this.#ended) return;
    this.#senses = senseThePage(idleMsMin, (senses) => this.sense(senses));
    this.#senses.working(isWorking(this.#state));
  }

  #call<Name extends CallName>(call: Name, args: Extract<EngineRequest, { call: Name }>['args'], signal?: AbortSignal, onProgress?: Waiting['onProgress']): Promise<Answer<Name>> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      if (signal?.aborted) return reject(aborted(signal));
      const id = this.#nextId++;
      const cancel = () => this.#tell({ type: 'cancel', id });
      const done = () => signal?.removeEventListener('abort', cancel);
      try {
        this.#port.postMessage({ type: 'request', id, call, args } as EngineRequest);
      } catch (cause) {
        return reject(new EdgeNetError('bad-input', 'The payload holds something that cannot be sent to a worker, such as a function or a DOM node. Send plain values and typed arrays.', { cause }));
      }
      signal?.addEventListener('abort', cancel);
      this.#waiting.set(id, {
        resolve: (value) => (done(), resolve(value as Answer<Name>)),
        reject: (error) => (done(), reject(error)),
        onProgress,
      });
    });
  }

  #tell(message: ToEngine): void {
    if (!this.#ended) this.#port.postMessage(message);
  }

  #receive(message: FromEngine): void {
    if (message.type === 'event') return this.#emit(message.event);
    if (message.type === 'sandbox') return this.#setFrame(message);
    // Another tab led and is gone: this one's engine took over, or could not.
    if (message.type === 'started') return this.#emit({ type: 'state', state: message.state });
    if (message.type === 'failed') return this.#fail(fromWire(message.error));
    if (message.type === 'closed') return this.#ended ? this.#closed() : this.#fail(new EdgeNetError('identity-busy', 'Another tab or window took over this identity. Close it, or submit there.'));
    if (message.type !== 'reply' && message.type !== 'progress') return;
    const waiting = this.#waiting.get(message.id);
    if (message.type === 'progress') return waiting?.onProgress?.(message.progress);
    this.#waiting.delete(message.id);
    if (message.ok) waiting?.resolve(message.value);
    else waiting?.reject(fromWire(message.error));
  }

  /** Few pages ever need one: its code comes with the first. */
  #setFrame({ port, script = '' }: Partial<Extract<FromEngine, { type: 'sandbox' }>> = {}): void {
    this.#removeFrame = this.#removeFrame.then(async (remove) => {
      remove();
      const host = port && (await import('./sandbox/frame-host.js').catch(() => port.postMessage(NO_HOST)));
      return host ? host.openFrame(port, script) : () => {};
    });
  }

  #emit(event: EngineEvent): void {
    if (this.#ended) return;
    if (event.type === 'state') {
      this.#state = freeze(event.state);
      this.#senses?.working(isWorking(this.#state));
    }
    for (const listener of this.#listeners) listener(event);
  }

  #crash(event: Event): void {
    const { message = '', filename = '', lineno = 0 } = event as Partial<ErrorEvent>;
    this.#fail(new EdgeNetError('kernel-failed', `The engine's worker failed: ${message} (${filename}:${lineno}). Reload the page.`));
  }

  #fail(error: EdgeNetError): void {
    this.#emit({ type: 'state', state: { ...this.#state, status: 'error', error: { code: error.code, message: error.message } } });
    this.#emit({ type: 'error', code: error.code, message: error.message });
    this.#end(error);
    this.#terminate();
  }

  #end(error: EdgeNetError): void {
    this.#ended ??= error;
    this.#senses?.stop();
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#listeners.clear();
  }

  #terminate = (): void => {
    removeEventListener('pagehide', this.#terminate);
    this.#port.terminate();
    this.#setFrame();
    this.#closed();
    this.#end(left());
  };
}

function keep(memory: SessionMemory, { id, entries }: Extract<FromEngine, { type: 'keep' }>): ToEngine {
  for (const [key, value] of entries) {
    if (value === null) memory.delete(key);
    else memory.set(key, value);
  }
  return { type: 'kept', id };
}

function wire({ type, payload, options = {} }: Task): WireTask {
  const { signal: _signal, onProgress: _onProgress, ...rest } = options;
  return { type, payload, options: rest };
}

/** On this machine, in whichever tab. */
function isWorking({ status, throttle, reasons }: NodeState): boolean {
  return status === 'working' || (status === 'following' && throttle.level > 0 && !reasons.includes('no-work'));
}

function left(): EdgeNetError {
  return new EdgeNetError('closed', 'The engine stopped because the page was left.');
}

function aborted(signal: AbortSignal): EdgeNetError {
  return new EdgeNetError('aborted', 'The task was aborted by its own AbortSignal.', { cause: signal.reason });
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
}
