/** From attributes to settings. What is wrong is refused with the attribute's name and what to write instead. */
import { EdgeNetError, isSite, SITE_WANTED, type EngineConfig } from '../../engine/index.js';
import { ATTRIBUTES, attributeOf, type Property } from '../shared/attributes.js';
import { folder } from '../shared/base.js';

export interface Settings {
  readonly engine: EngineConfig;
  readonly consent: 'ask' | 'granted' | 'denied';
  /** Days an answer is remembered; 0 keeps it for this page alone. */
  readonly consentDays: number;
  readonly prompt: 'auto' | 'manual' | 'inline';
  readonly promptPosition: 'bottom-start' | 'bottom' | 'bottom-end';
  /** Whether phones, and frames of another origin, contribute. */
  readonly mobile: boolean;
  readonly embedded: boolean;
}

/** The words an attribute takes, its default first. */
type Choice<Name extends Property> = (typeof ATTRIBUTES)[Name] extends readonly string[] ? (typeof ATTRIBUTES)[Name][number] : never;

const UNITS = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };
const LOCAL_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/u;

/**
 * @param read an attribute's text, null where it is absent
 * @param page where relative URLs and the package's files are looked for, and the machine's cores
 * @throws EdgeNetError `config-invalid`
 */
export function readSettings(read: (attribute: string) => string | null, page: { readonly url: string; readonly base: string; readonly cores: number }): Settings {
  const given = (property: Property) => read(attributeOf(property));
  const text = (property: Property) => given(property)?.trim() || String([ATTRIBUTES[property]].flat()[0]);
  const whole = (property: Property, most: number) =>
    /^\d+$/u.test(text(property)) && Number(text(property)) <= most ? Number(text(property)) : refuse(property, text(property), `a whole number up to ${most}`);
  const oneOf = <Name extends Property>(property: Name) => {
    const choices: readonly unknown[] = [ATTRIBUTES[property]].flat();
    return (choices.includes(text(property)) ? text(property) : refuse(property, text(property), choices.join(' or '))) as Choice<Name>;
  };
  const link = (property: Property, resolve: (path: string) => string) => {
    try {
      return text(property) && resolve(text(property));
    } catch {
      return refuse(property, text(property), 'a URL');
    }
  };

  const siteId = text('siteId');
  const ref = text('ref') || text('referrer') || siteId;
  for (const [property, site] of Object.entries({ siteId, ref })) if (!isSite(site)) refuse(property, site, SITE_WANTED);
  // The alias counts where the attribute itself is absent.
  const alias = given('cpuLimit') === null ? read('contribution') : null;
  const [limit, cpuLimit] = alias === null ? ['cpuLimit', text('cpuLimit')] : ['contribution', alias];
  if (share(limit, cpuLimit) === 0) refuse(limit, cpuLimit, 'a share above 0, and paused to stop');
  const base = link('base', folder) || page.base;
  return {
    engine: {
      siteId,
      ref,
      network: link('network', (path) => new URL(path, page.url).href),
      relays: words(text('relays')).map((relay) => relayUrl(relay, page.url)),
      siteShare: share('siteShare', text('siteShare')),
      contribute: true,
      cpuLimit: Number(cpuLimit),
      memoryLimitBytes: bytes('memoryLimit', text('memoryLimit')),
      bandwidthLimitBytes: bytes('bandwidthLimit', text('bandwidthLimit')),
      workersMax: whole('maxWorkers', 64) || Math.max(1, Math.floor(page.cores / 2)),
      tasks: words(text('tasks')),
      local: oneOf('local'),
      modelBase: link('modelBase', folder) || `${base}models/`,
      base,
      storage: oneOf('storage'),
      pauses: given('paused') !== null ? ['paused-by-site'] : [],
      focusRequired: given('focusRequired') !== null,
      idleMsMin: whole('minIdleTime', 3_600_000),
      whenHidden: oneOf('whenHidden'),
      battery: oneOf('battery'),
      metered: oneOf('metered'),
      privateKey: '',
    },
    consent: oneOf('consent'),
    consentDays: whole('consentDays', 3_650),
    prompt: oneOf('prompt'),
    promptPosition: oneOf('promptPosition'),
    mobile: oneOf('mobile') === 'on',
    embedded: oneOf('embedded') === 'on',
  };
}

function refuse(property: string, value: string, wanted: string): never {
  throw new EdgeNetError('config-invalid', `${attributeOf(property)}="${value}" cannot be used. Write ${wanted}.`);
}

function share(property: string, text: string): number {
  const value = text === '' ? Number.NaN : Number(text);
  return value >= 0 && value <= 1 ? value : refuse(property, text, 'a share from 0 to 1');
}

function words(text: string): string[] {
  return text.split(/[\s,]+/u).filter(Boolean);
}

function bytes(property: string, text: string): number {
  const [, amount, unit = 'B'] = /^(\d+(?:\.\d+)?)\s*([KMG]?B)?$/iu.exec(text) ?? [];
  const size = Math.floor(Number(amount) * UNITS[unit.toUpperCase() as keyof typeof UNITS]);
  return size > 0 ? size : refuse(property, text, 'a size such as 256MB');
}

/** A page served over https may only speak to wss: relays; the browser's own message does not say so. */
function relayUrl(text: string, page: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const secured = url && { 'ws:': 'wss:', 'http:': 'https:', 'wss:': 'wss:', 'https:': 'https:' }[url.protocol];
  if (!url || !secured) return refuse('relays', text, 'addresses that begin with wss:// , separated by spaces');
  if (page.startsWith('https:') && url.protocol !== secured && !LOCAL_HOST.test(url.hostname)) refuse('relays', text, `${secured}// , since this page is served over https`);
  // Older browsers refuse a WebSocket by the other name.
  return url.href.replace(/^http/u, 'ws');
}
