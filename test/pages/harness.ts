/**
 * A real network around real pages: relay and contributors as processes of their own, sites on origins of their own,
 * a tap on everything that crosses the relay's socket, and Chromium. Tests wait for what is said, not for a time.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, launch, type Page } from 'puppeteer-core';
// @ts-expect-error a plain script without types
import { chromiumPath } from '../../scripts/chromium.mjs';
import type { NodeState, Task, TaskResult } from '../../src/engine/api.js';
import { openEngine } from '../../src/engine/host/engine.js';
import { nodeConfig } from '../../src/engine/node/config.js';
import { nodePlatform } from '../../src/engine/node/node-platform.js';
import { untilState as untilEngine } from '../../src/relay/commands/contribute.js';
import { startSite, type Site } from './site-server.js';
import { startTap, type Tap } from './tap.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The build under test. */
const DIST = process.env['EDGE_NET_DIST'] ?? join(ROOT, 'dist');
const CLI = join(DIST, 'node/cli.js');
const STOCK_RELAY = join(ROOT, 'test/network/fixtures/stock-relay.mjs');
const WAIT_MS_MAX = 60_000;

/** A process that has said, in one line, that it is ready. */
export interface Running<Greeting> {
  readonly greeting: Greeting;
  /** What it wrote to stderr so far. */
  readonly log: () => string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** @param read makes the greeting of the line that is one, and nothing of others */
async function run<Greeting>(command: readonly string[], read: (line: string) => Greeting | undefined): Promise<Running<Greeting>> {
  const child: ChildProcess = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let log = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (log += text));
  const exited = once(child, 'exit');
  const failed = exited.then(([code]) => Promise.reject(new Error(`${command.join(' ')} ended with ${String(code)} before it was ready:\n${log}`)));
  failed.catch(() => undefined);
  const greeted = new Promise<Greeting>((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const greeting = read(line);
      if (greeting !== undefined) resolve(greeting);
    });
  });
  return {
    greeting: await Promise.race([greeted, failed]),
    log: () => log,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
    },
  };
}

/** A command that says by one JSON object that it is ready, or what it did. */
export function edgeNet<Greeting>(...args: string[]): Promise<Running<Greeting>> {
  return run([CLI, ...args], (line) => JSON.parse(line) as Greeting);
}

export interface RelayGreeting {
  readonly url: string;
  readonly port: number;
  readonly network: string;
  readonly witness: string;
}

export interface Contributor {
  readonly node: string;
  readonly link: string;
}

/** What a test file shares: one browser, one relay behind a tap, one server with the package, all closed together. */
export class World {
  readonly #closing: (() => Promise<unknown>)[] = [];
  readonly #folder: string;
  readonly #port: number;
  #relay: Running<RelayGreeting>;

  private constructor(folder: string, relay: Running<RelayGreeting>, readonly tap: Tap, readonly cdn: Site, readonly browser: Browser) {
    this.#folder = folder;
    this.#relay = relay;
    this.#port = relay.greeting.port;
  }

  static async open({ args = [] }: { readonly args?: readonly string[] } = {}): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'edge-net-pages-'));
    const [relay, cdn, browser] = await Promise.all([
      edgeNet<RelayGreeting>('relay', '--port', '0', '--data', join(folder, 'relay'), '--json'),
      startSite({ root: DIST, headers: { 'access-control-allow-origin': '*' } }),
      openBrowser(args),
    ]);
    return new World(folder, relay, await startTap(relay.greeting.port), cdn, browser);
  }

  /** Through the tap. */
  get relay(): string {
    return this.tap.url;
  }

  get directRelay(): RelayGreeting {
    return this.#relay.greeting;
  }

  folder(name: string): string {
    return join(this.#folder, name);
  }

  async contributor(name: string, ...more: string[]): Promise<Running<Contributor>> {
    const contributor = await edgeNet<Contributor>('contribute', '--relay', this.relay, '--data', this.folder(name), '--cpu-limit', '0.5', '--json', ...more);
    this.atEnd(() => contributor.stop());
    return contributor;
  }

  /** Two contributors, and a roster that has them beside the others who are there. */
  async crew(others = 0): Promise<void> {
    const config = nodeConfig({ relays: [this.directRelay.url] });
    const watcher = await openEngine(config, nodePlatform(config));
    await Promise.all([this.contributor('one'), this.contributor('two')]);
    await untilEngine(watcher, () => watcher.state.stats.peers >= others + 2);
    await watcher.close();
  }

  async killRelay(): Promise<void> {
    await this.#relay.stop('SIGKILL');
  }

  async restartRelay(): Promise<void> {
    this.#relay = await edgeNet<RelayGreeting>('relay', '--port', String(this.#port), '--data', this.folder('relay'), '--json');
  }

  /** A site of an origin of its own. `{{cdn}}` and `{{relay}}` in its pages are filled in. */
  async site(headers: Readonly<Record<string, string>> = {}, values: Readonly<Record<string, string>> = {}): Promise<Site> {
    const site = await startSite({
      root: join(ROOT, 'test/pages/site'), headers,
      values: { cdn: this.cdn.url, relay: this.relay, cdnOrigin: this.cdn.origin, relayOrigins: relayOrigins(this.relay), ...values },
    });
    this.atEnd(() => site.close());
    return site;
  }

  async visitor(): Promise<Visitor> {
    const context = await this.browser.createBrowserContext();
    return new Visitor(context);
  }

  atEnd(close: () => Promise<unknown>): void {
    this.#closing.push(close);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await Promise.all(this.#closing.map((close) => close()));
    await Promise.all([this.#relay.stop(), this.tap.close(), this.cdn.close()]);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Of a policy: the relay's socket, and the same server by HTTP. */
function relayOrigins(relay: string): string {
  const { host } = new URL(relay);
  return `http://${host} ws://${host}`;
}

export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const { args, ...chromium } = (await chromiumPath()) as { executablePath: string; env: Record<string, string>; args: string[] };
  // The cache behind the back button is what every visitor's browser has, and a headless one only on request.
  // A machine that runs tests is under pressure, and nodes that notice would pause: a test of that overrides it.
  return launch({ ...chromium, args: [...args, '--enable-bfcache', '--disable-blink-features=ComputePressure', ...more], protocolTimeout: WAIT_MS_MAX * 2 });
}

/** The `gun` package's own relay. */
export async function startStockRelay(folder: string, port = 0): Promise<Running<{ readonly url: string }>> {
  return run([STOCK_RELAY, String(port), folder], (line) => (line.startsWith('ready ') ? { url: `ws://127.0.0.1:${line.split(' ')[1]}/gun` } : undefined));
}

/** The events of all nodes, in `heard`; and a helper that compiled test functions call. */
const IN_EVERY_PAGE = `
  globalThis.__name ??= (value) => value;
  globalThis.heard = [];
  for (const name of ['ready', 'state', 'credit', 'task', 'result', 'progress', 'error', 'consent', 'consent-request']) {
    document.addEventListener('edge-net-' + name, ({ type, detail }) => {
      heard.push({ type, detail: detail instanceof Error ? { code: detail.code, message: detail.message } : JSON.parse(JSON.stringify(detail ?? null)) });
    });
  }
`;

/** A browser profile of its own, with what its pages complained of. */
export class Visitor {
  readonly complaints: string[] = [];

  constructor(readonly context: BrowserContext) {}

  async open(url: string, prepare: (page: Page) => Promise<unknown> = async () => undefined): Promise<Page> {
    const page = await this.context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warn') this.complaints.push(`${message.type()}: ${message.text()} (${message.location().url ?? ''})`);
    });
    page.on('pageerror', (error) => this.complaints.push(`uncaught: ${String(error)}`));
    await page.evaluateOnNewDocument(IN_EVERY_PAGE);
    await prepare(page);
    await page.goto(url);
    return page;
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

/** Waits until the page's node is in a state that `holds`, in the page: it sees what it is `given`. @returns that state */
export async function untilState<Given>(page: Page, holds: (state: NodeState, given: Given) => boolean, given?: Given): Promise<NodeState> {
  return page.evaluate(
    async (text: string, value: unknown, waitMs: number) => {
      const test = new Function(`return (${text})`)() as (state: NodeState, given: unknown) => boolean;
      const find = () => document.querySelector('edge-net-node') as (HTMLElement & { state?: NodeState }) | null;
      return new Promise<NodeState>((resolve, reject) => {
        const events = ['edge-net-state', 'edge-net-ready'];
        const stop = (): void => {
          clearTimeout(timer);
          for (const name of events) document.removeEventListener(name, look);
        };
        const look = (): void => {
          const state = find()?.state;
          if (!state || !test(state, value)) return;
          stop();
          resolve(JSON.parse(JSON.stringify(state)) as NodeState);
        };
        const timer = setTimeout(() => {
          stop();
          reject(new Error(`The node never came to ${text}; it is ${JSON.stringify(find()?.state)}`));
        }, waitMs);
        for (const name of events) document.addEventListener(name, look);
        void customElements.whenDefined('edge-net-node').then(look);
        look();
      });
    },
    holds.toString(), given, WAIT_MS_MAX,
  );
}

export interface Heard {
  readonly type: string;
  readonly detail: unknown;
}

/** Events of one name that the page's nodes fired so far. */
export async function heard(page: Page, type: string): Promise<readonly unknown[]> {
  const all = (await page.evaluate('heard')) as Heard[];
  return all.filter((event) => event.type === type).map(({ detail }) => detail);
}

/** Resolves once an event of that name was fired, now or earlier. */
export async function untilEvent(page: Page, type: string): Promise<void> {
  await page.evaluate(
    (name: string) =>
      new Promise<void>((resolve) => {
        if ((globalThis as unknown as { heard: Heard[] }).heard.some((event) => event.type === name)) resolve();
        else document.addEventListener(name, () => resolve(), { once: true });
      }),
    type,
  );
}

/** Waits for a button of the node's own that says so, and clicks it with the mouse. */
export async function press(page: Page, words: string): Promise<void> {
  const { x, y } = await page.evaluate(
    (text: string) =>
      new Promise<{ x: number; y: number }>((resolve) => {
        const root = document.querySelector('edge-net-node')!.shadowRoot!;
        const look = (): void => {
          const button = [...root.querySelectorAll('button')].find(({ textContent }) => textContent?.trim() === text);
          if (!button) return;
          observer.disconnect();
          const { left, top, width, height } = button.getBoundingClientRect();
          resolve({ x: left + width / 2, y: top + height / 2 });
        };
        const observer = new MutationObserver(look);
        observer.observe(root, { childList: true, subtree: true });
        look();
      }),
    words,
  );
  await page.mouse.click(x, y);
}

export interface Outcome extends Partial<TaskResult> {
  readonly code?: string;
  readonly message?: string;
}

/** Submits without waiting; the outcome is left on the page, which is what has to survive. */
export async function startSubmit(page: Page, task: Task): Promise<void> {
  await page.evaluate((given) => {
    const node = document.querySelector('edge-net-node') as HTMLElement & { submit(task: unknown): Promise<Outcome> };
    const outcome = node.submit(given).catch(({ code, message }: Outcome) => ({ code, message }));
    Object.assign(globalThis, { outcome, settled: 0 });
    void outcome.then(() => ((globalThis as unknown as { settled: number }).settled += 1));
  }, task);
}

/** Submits through the page's node, as a script of the page would. An error comes back as its code and message. */
export function submit(page: Page, task: Task): Promise<Outcome> {
  return page.evaluate(async (given: Task) => {
    await customElements.whenDefined('edge-net-node');
    const node = document.querySelector('edge-net-node') as HTMLElement & { submit(task: Task): Promise<TaskResult> };
    try {
      return await node.submit(given);
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return { code, message };
    }
  }, task);
}

export const isUp = (state: NodeState): boolean => (state.status === 'idle' || state.status === 'working') && state.stats.peers > 0;

/** For what nothing announces: looks again and again until it `holds`. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + WAIT_MS_MAX;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Never came about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
