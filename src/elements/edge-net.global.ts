/**
 * The classic entry: `window.EdgeNet`, and the one-tag form. A stub, so that a page's first paint waits for nothing: the package
 * itself, the same ES module that others import, comes after load, when the page is idle, or with the first call.
 *
 * A script tag is safe in a head, where a custom element would end it; so the tag's `data-` attributes become
 * elements in the body.
 */
import type { EdgeNet as Facade } from './facade.js';

declare global {
  var EdgeNet: typeof Facade;
}

const IDLE_MS_MAX = 2_000;

// Optimisers inject scripts again, and then there is no current one.
const tag = (document.currentScript as HTMLScriptElement | null) ?? document.querySelector<HTMLScriptElement>('script[data-edge-net], script[data-site-id]');

let loading: Promise<typeof Facade> | undefined;

/** Tried again with the next call when it failed. */
function load(): Promise<typeof Facade> {
  return (loading ??= import('./edge-net.js')
    // WebKit answers with an empty module where the same import failed before: then this throws.
    .then(({ EdgeNet }) => EdgeNet.version && (globalThis.EdgeNet = EdgeNet))
    .catch((error) => {
      loading = undefined;
      throw error;
    }) as Promise<typeof Facade>);
}

/** What is called before the package is there answers with a promise, `stats()` and `createWidget()` too. */
const late = (path: readonly string[]): unknown =>
  new Proxy(() => {}, {
    // To await, print or compare the facade is no call: it is then the function that it looks like.
    get: (target: object, name) => (typeof name === 'symbol' || name === 'then' || name === 'toJSON' || name in target ? target[name as keyof typeof target] : late([...path, name])),
    apply: async (_, __, args) => {
      let owner: unknown;
      let method: unknown = await load();
      for (const name of path) [owner, method] = [method, (method as Record<string, unknown>)[name]];
      return (method as (...args: unknown[]) => unknown).apply(owner, args);
    },
  });

globalThis.EdgeNet ??= late([]) as typeof Facade;

afterLoad(() => {
  if (tag && Object.keys(tag.dataset).length > 0) furnish(tag);
  // Nobody called: a failure is told here, not left to the page's error monitoring, and the rest is tried again quietly.
  load().catch((error) => {
    // oxlint-disable-next-line no-console
    console.warn('edge-net: check this address, and your CSP.', error);
    addEventListener('online', () => load().catch(() => {}));
  });
});

function furnish(script: HTMLScriptElement): void {
  // The same tag twice on a page is still one node.
  if (document.querySelector('edge-net-node[data-edge-net]')) return;
  const node = document.createElement('edge-net-node');
  node.dataset['edgeNet'] = '';
  const { widget: position, theme } = script.dataset;
  for (const { name, value } of script.attributes) if (name.startsWith('data-')) node.setAttribute(name.slice(5), value);
  if (script.nonce) node.nonce = script.nonce;
  document.body.append(node);
  if (position === undefined || position === 'off') return;
  const widget = document.createElement('edge-net-widget');
  if (position) widget.setAttribute('position', position);
  if (theme) widget.setAttribute('theme', theme);
  document.body.append(widget);
}

function afterLoad(run: () => void): void {
  const whenIdle = () => ('requestIdleCallback' in globalThis ? requestIdleCallback(run, { timeout: IDLE_MS_MAX }) : setTimeout(run, 1));
  if (document.readyState === 'complete') whenIdle();
  else addEventListener('load', whenIdle, { once: true });
}
