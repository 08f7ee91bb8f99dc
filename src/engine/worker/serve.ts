/** The engine's end of `protocol.ts`: answers one client's calls out of an engine, whatever carries the messages. */
import type { Collections, EngineHandle, TaskResult } from '../api.js';
import { EdgeNetError } from '../error.js';
import { toWire, type Answer, type CallName, type EngineRequest, type FromEngine, type ToEngine } from '../protocol.js';

export class EngineServer {
  readonly #cancels = new Map<number, AbortController>();
  readonly #unsubscribe: () => void;
  #stopped = false;

  /** Tells the client at once that the engine runs, and pushes every event from then on. */
  constructor(private readonly engine: EngineHandle, private readonly post: (message: FromEngine) => void) {
    this.#unsubscribe = engine.subscribe((event) => post({ type: 'event', event }));
    post({ type: 'started', state: engine.state });
  }

  receive(message: ToEngine): void {
    switch (message.type) {
      case 'request':
        void this.#answer(message);
        return;
      case 'cancel':
        return this.#cancels.get(message.id)?.abort();
      case 'configure':
        return this.engine.configure(message.change);
      case 'sense':
        return this.engine.sense(message.senses);
      case 'start':
      case 'close':
        return; // the entry's business
    }
  }

  /** Forgets the client. What it bought goes on: it may come back, in this page or the next, and ask for the result. */
  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
  }

  async #answer(request: EngineRequest): Promise<void> {
    const { id } = request;
    const controller = new AbortController();
    this.#cancels.set(id, controller);
    try {
      this.#tell({ type: 'reply', id, ok: true, value: await this.#call(request, controller.signal) });
    } catch (error) {
      this.#tell({ type: 'reply', id, ok: false, error: toWire(error) });
    } finally {
      this.#cancels.delete(id);
    }
  }

  #tell(message: FromEngine): void {
    if (!this.#stopped) this.post(message);
  }

  #call(request: EngineRequest, signal: AbortSignal): Promise<Answer<CallName>> {
    const { engine } = this;
    switch (request.call) {
      case 'submit': {
        const [task] = request.args;
        return engine.submit({ ...task, options: { ...task.options, signal, onProgress: (progress) => this.#tell({ type: 'progress', id: request.id, progress }) } });
      }
      case 'quote': return engine.quote(...request.args);
      case 'result': return abortable(engine.result(...request.args), signal);
      case 'transfer': return engine.transfer(...request.args);
      case 'bond': return engine.bond(...request.args);
      case 'unbond': return engine.unbond(...request.args);
      case 'collections': {
        const [name, ...args] = request.args;
        if (name !== 'export') return (engine.collections[name] as (...args: readonly unknown[]) => ReturnType<Collections[keyof Collections]>)(...args);
        const [id, options] = args as Parameters<Collections['export']>;
        return engine.collections.export(id, { ...options, signal, onProgress: (progress) => this.#tell({ type: 'progress', id: request.id, progress }) });
      }
      case 'history': return engine.history();
      case 'clearHistory': return engine.clearHistory();
      case 'report': return engine.report(...request.args);
      case 'registerName': return engine.registerName(...request.args);
      case 'exportIdentity': return engine.exportIdentity();
    }
  }
}

function abortable(result: Promise<TaskResult>, signal: AbortSignal): Promise<TaskResult> {
  return Promise.race([result, new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new EdgeNetError('aborted', 'The call was aborted by its own AbortSignal.')), { once: true });
  })]);
}
