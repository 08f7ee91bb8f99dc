/**
 * The properties of `<edge-net-node>` with their defaults, or with the words to choose from, the default first. The type of
 * the default is the type of the property; its attribute has the same name in kebab case.
 */
export const ATTRIBUTES = {
  siteId: '',
  ref: '',
  referrer: '',
  network: '',
  relays: '',
  siteShare: 0.5,
  consent: ['ask', 'granted', 'denied'],
  consentDays: 30,
  prompt: ['auto', 'manual', 'inline'],
  promptPosition: ['bottom-end', 'bottom-start', 'bottom'],
  cpuLimit: 0.3,
  memoryLimit: '256MB',
  bandwidthLimit: '1MB',
  maxWorkers: 0,
  tasks: '',
  paused: false,
  focusRequired: false,
  minIdleTime: 5_000,
  whenHidden: ['work', 'pause'],
  battery: ['respect', 'ignore'],
  metered: ['pause', 'allow'],
  mobile: ['off', 'on'],
  embedded: ['off', 'on'],
  local: ['fallback', 'never', 'only'],
  modelBase: '',
  storage: ['persistent', 'memory'],
  base: '',
} as const satisfies Table;

export type Property = keyof typeof ATTRIBUTES;

/** The original design's name for `cpu-limit`. */
const ALIAS = 'contribution';

export const NAMES: readonly string[] = [ALIAS, ...Object.keys(ATTRIBUTES).map(attributeOf)];

type Fallback = string | number | boolean;
export type Table = Readonly<Record<string, Fallback | readonly [fallback: string, ...others: string[]]>>;

export function attributeOf(property: string): string {
  return property.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}

/** Gives a class one accessor an attribute. The attribute is the only place the value is kept, as in native elements. */
export function reflectAttributes(prototype: HTMLElement, table: Table): void {
  for (const [property, entry] of Object.entries(table)) {
    const attribute = attributeOf(property);
    const [fallback] = [entry].flat() as [Fallback];
    Object.defineProperty(prototype, property, {
      configurable: true,
      enumerable: true,
      get(this: HTMLElement) {
        if (typeof fallback === 'boolean') return this.hasAttribute(attribute);
        const text = this.getAttribute(attribute) ?? this.getAttribute(property === 'cpuLimit' ? ALIAS : attribute);
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
export function adoptEarlyProperties(element: HTMLElement, properties: readonly string[]): void {
  const own = element as unknown as Record<string, unknown>;
  for (const property of properties) {
    if (!Object.hasOwn(own, property)) continue;
    const value = own[property];
    delete own[property];
    own[property] = value;
  }
}
