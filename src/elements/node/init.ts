/** `EdgeNet.init()`: options by the original design's names become the attributes of a node. */
import { EdgeNetError, type HistoryEntry } from '../../engine/index.js';
import type { EdgeNetNode } from './node-element.js';

export interface InitOptions {
  readonly siteId?: string;
  readonly ref?: string;
  readonly network?: string;
  readonly relays?: string | readonly string[];
  readonly siteShare?: number;
  readonly consent?: 'ask' | 'granted' | 'denied';
  readonly consentDays?: number;
  readonly prompt?: 'auto' | 'manual' | 'inline';
  readonly promptPosition?: 'bottom-start' | 'bottom' | 'bottom-end';
  readonly storage?: 'persistent' | 'memory';
  readonly local?: 'fallback' | 'never' | 'only';
  readonly modelBase?: string;
  readonly base?: string;
  readonly paused?: boolean;
  readonly mobile?: 'off' | 'on';
  readonly embedded?: 'off' | 'on';
  readonly whenHidden?: 'work' | 'pause';
  readonly metered?: 'pause' | 'allow';
  readonly tasks?: string | readonly string[];
  /** What exportIdentity() gave. */
  readonly privateKey?: string | null;
  /** A share of the processor, or limits by name; bytes or "256MB". */
  readonly contribution?: number | { readonly cpuLimit?: number; readonly memoryLimit?: number | string; readonly bandwidthLimit?: number | string; readonly maxWorkers?: number; readonly tasks?: string | readonly string[] };
  readonly idle?: { readonly focusRequired?: boolean; readonly minIdleTime?: number; readonly respectBattery?: boolean };
  readonly onCredit?: (credits: number, total: number) => void;
  readonly onTask?: (task: HistoryEntry & { readonly type: string }) => void;
  readonly onError?: (error: EdgeNetError) => void;
}

/** @param pageNode the node there is, if there is one */
export async function init(options: InitOptions, pageNode: () => EdgeNetNode | undefined): Promise<EdgeNetNode> {
  if (!globalThis.document) throw new EdgeNetError('unsupported', "EdgeNet.init() makes a node of a web page. In Node use `edge-net contribute` or the package's Node entry.");
  const { onCredit, onTask, onError, privateKey, ...rest } = options;
  const fresh = document.createElement('edge-net-node');
  const settings = propertiesOf(fresh, rest);
  const present = Object.keys(settings).length === 0 && !privateKey ? pageNode() : undefined;
  const node = present ?? fresh;
  if (onCredit) node.addEventListener('edge-net-credit', ({ detail }) => onCredit(detail.gained, detail.total));
  if (onTask) node.addEventListener('edge-net-task', ({ detail }) => onTask({ ...detail, type: detail.kind }));
  if (onError) node.addEventListener('edge-net-error', ({ detail }) => onError(detail));
  if (present) return present;
  Object.assign(node, settings);
  if (privateKey) await node.importIdentity(privateKey);
  (await body()).append(node);
  // The node reads its attributes at the end of this turn.
  await Promise.resolve();
  const { error } = node.state;
  if (error?.code !== 'config-invalid' && error?.code !== 'config-conflict') return node;
  node.remove();
  throw new EdgeNetError(error.code, error.message);
}

/** Options by the name of the node's property. What this version does not know is named once, not swallowed. */
function propertiesOf(node: EdgeNetNode, { contribution, idle = {}, ...rest }: Omit<InitOptions, 'onCredit' | 'onTask' | 'onError' | 'privateKey'>): Record<string, unknown> {
  const limits = typeof contribution === 'object' ? contribution : contribution === undefined ? {} : { cpuLimit: contribution };
  const { respectBattery, ...when } = idle;
  const battery = respectBattery === undefined ? undefined : respectBattery ? 'respect' : 'ignore';
  const given = Object.entries({ ...rest, ...limits, ...when, battery }).filter(([, value]) => value !== undefined && value !== null);
  const unknown = given.filter(([name]) => !(name in node)).map(([name]) => name);
  if (unknown.length > 0) console.warn(`This version of edge-net has no use for: ${unknown.join(', ')}`);
  return Object.fromEntries(given.filter(([name]) => name in node).map(([name, value]) => [name, Array.isArray(value) ? value.join(' ') : value]));
}

function body(): Promise<HTMLElement> {
  if (document.body) return Promise.resolve(document.body);
  return new Promise((resolve) => document.addEventListener('DOMContentLoaded', () => resolve(document.body), { once: true }));
}
