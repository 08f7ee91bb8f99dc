/** As much of WebDriver (W3C) as a test needs, over plain HTTP: for browsers that no tool of ours drives. */

import { buttonInShadow } from './button.js';

/** How an element is written in WebDriver's messages. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

export class WebDriverSession {
  readonly #url: string;
  /** What the browser says that it is. */
  readonly capabilities: Readonly<Record<string, unknown>>;

  private constructor(url: string, capabilities: Readonly<Record<string, unknown>>) {
    this.#url = url;
    this.capabilities = capabilities;
  }

  /** @throws what the driver says where it starts no browser */
  static async open(port: number, alwaysMatch: Readonly<Record<string, unknown>>): Promise<WebDriverSession> {
    const url = `http://127.0.0.1:${port}/session`;
    const { sessionId, capabilities } = (await call('POST', url, { capabilities: { alwaysMatch } })) as { sessionId: string; capabilities: Record<string, unknown> };
    const session = new WebDriverSession(`${url}/${sessionId}`, capabilities);
    await session.#post('timeouts', { script: 120_000 });
    return session;
  }

  async go(url: string): Promise<void> {
    await this.#post('url', { url });
  }

  /** Runs a function in the page, waits for what it promises. It sees its arguments alone. */
  async evaluate<Given extends readonly unknown[], Value>(work: (...given: Given) => Value | Promise<Value>, ...given: Given): Promise<Value> {
    // Compiled functions call a helper that keeps names.
    const script = `
      const [given, done] = arguments, __name = (value) => value;
      (async () => (${work.toString()})(...given))().then((value) => done({ value }), (error) => done({ error: String(error) }));
    `;
    const { value, error } = (await this.#post('execute/async', { script, args: [given] })) as { value: Value; error?: string };
    if (error !== undefined) throw new Error(error);
    return value;
  }

  async pressInShadow(host: string, words: string): Promise<void> {
    const { [ELEMENT]: id } = (await this.evaluate(buttonInShadow, host, words)) as unknown as { [ELEMENT]: string };
    await this.#post(`element/${id}/click`, {});
  }

  async close(): Promise<void> {
    await call('DELETE', this.#url);
  }

  #post(path: string, body: object): Promise<unknown> {
    return call('POST', `${this.#url}/${path}`, body);
  }
}

async function call(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
  if (!response.ok) throw new Error(`${url}: ${value?.error ?? response.status} ${value?.message ?? ''}`);
  return value;
}
