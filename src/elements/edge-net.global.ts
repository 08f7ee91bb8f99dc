/**
 * The classic entry: `window.EdgeNet`, and the one-tag form. A script tag is safe in a head, where a custom
 * element would end it; so the tag's `data-` attributes become elements in the body, late and when idle.
 */
import { NAMES } from './shared/attributes.js';
import EdgeNet from './edge-net.js';

declare global {
  var EdgeNet: typeof import('./facade.js').EdgeNet;
}

const IDLE_MS_MAX = 2_000;

// Optimisers inject scripts again, and then there is no current one.
const tag = (document.currentScript as HTMLScriptElement | null) ?? document.querySelector<HTMLScriptElement>('script[data-edge-net], script[data-site-id]');

globalThis.EdgeNet = EdgeNet;
if (tag && Object.keys(tag.dataset).length > 0) afterLoad(() => furnish(tag));

function furnish(script: HTMLScriptElement): void {
  // The same tag twice on a page is still one node.
  if (document.querySelector('edge-net-node[data-edge-net]')) return;
  const node = document.createElement('edge-net-node');
  node.dataset['edgeNet'] = '';
  for (const attribute of ['id', ...NAMES]) {
    const value = script.getAttribute(`data-${attribute}`);
    if (value !== null) node.setAttribute(attribute, value);
  }
  document.body.append(node);
  const { widget: position, theme } = script.dataset;
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
