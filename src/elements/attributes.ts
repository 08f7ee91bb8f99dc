/** The attributes of `<edge-net-node>` with their defaults and, where there are few, the other choices; the type of the default is the type of the property. */

export const ATTRIBUTES = {
  siteId: ['site-id', ''],
  ref: ['ref', ''],
  network: ['network', ''],
  relays: ['relays', ''],
  siteShare: ['site-share', 0.5],
  consent: ['consent', 'ask', 'granted', 'denied'],
  consentDays: ['consent-days', 30],
  prompt: ['prompt', 'auto', 'manual', 'inline'],
  promptPosition: ['prompt-position', 'bottom-end', 'bottom-start', 'bottom'],
  cpuLimit: ['cpu-limit', 0.3],
  memoryLimit: ['memory-limit', '256MB'],
  bandwidthLimit: ['bandwidth-limit', '1MB'],
  maxWorkers: ['max-workers', 0],
  tasks: ['tasks', ''],
  paused: ['paused', false],
  focusRequired: ['focus-required', false],
  minIdleTime: ['min-idle-time', 5_000],
  whenHidden: ['when-hidden', 'work', 'pause'],
  battery: ['battery', 'respect', 'ignore'],
  metered: ['metered', 'pause', 'allow'],
  mobile: ['mobile', 'off', 'on'],
  embedded: ['embedded', 'off', 'on'],
  local: ['local', 'fallback', 'never', 'only'],
  modelBase: ['model-base', ''],
  storage: ['storage', 'persistent', 'memory'],
  base: ['base', ''],
} as const satisfies Table;

export type Property = keyof typeof ATTRIBUTES;

/** `contribution` is the original design's name for `cpu-limit`. */
const ALIASES: Readonly<Record<string, string>> = { 'cpu-limit': 'contribution' };

export const OBSERVED: readonly string[] = ['id', ...Object.values(ALIASES), ...Object.values(ATTRIBUTES).map(([attribute]) => attribute)];

type Table = Readonly<Record<string, readonly [attribute: string, fallback: string | number | boolean, ...choices: string[]]>>;

/** Gives a class one accessor an attribute. The attribute is the only place the value is kept, as in native elements. */
export function reflectAttributes(prototype: HTMLElement, table: Table): void {
  for (const [property, [attribute, fallback]] of Object.entries(table)) {
    Object.defineProperty(prototype, property, {
      configurable: true,
      enumerable: true,
      get(this: HTMLElement) {
        if (typeof fallback === 'boolean') return this.hasAttribute(attribute);
        const text = this.getAttribute(attribute) ?? this.getAttribute(ALIASES[attribute] ?? attribute);
        return text === null ? fallback : typeof fallback === 'number' ? Number(text) : text;
      },
      set(this: HTMLElement, value: unknown) {
        if (typeof fallback === 'boolean') this.toggleAttribute(attribute, Boolean(value));
        else if (value === null || value === undefined) this.removeAttribute(attribute);
        else this.setAttribute(attribute, String(value));
      },
    });
  }
}

/** Properties set before the element was defined hide the accessors: sets them again, through the accessors. */
export function adoptEarlyProperties(element: HTMLElement, table: Table): void {
  const own = element as unknown as Record<string, unknown>;
  for (const property of Object.keys(table)) {
    if (!Object.hasOwn(own, property)) continue;
    const value = own[property];
    delete own[property];
    own[property] = value;
  }
}
