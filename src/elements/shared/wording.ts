/**
 * In which words an element speaks: what its page replaced, else the language of the nearest `lang`, else English.
 * English comes with each view; another language is a chunk, loaded where a page is in it.
 */
import type { Key, Messages, PluralKey } from '../messages/message.js';

/** A map, since a page may say that its language is `constructor`. */
const LANGUAGES: ReadonlyMap<string, () => Promise<{ readonly MESSAGES: Messages }>> = new Map([
  ['de', () => import('../messages/de/index.js')],
  ['ar', () => import('../messages/ar/index.js')],
]);
const RIGHT_TO_LEFT = /^(?:ar|dv|fa|he|ks|ku|ps|sd|ug|ur|yi)\b/u;

/** Of the page: every copy of the package on it finds them. */
interface Replaced {
  readonly words: Map<string, Messages>;
  readonly listeners: Set<() => void>;
}

function replaced(): Replaced {
  const page = globalThis as unknown as Record<symbol, Replaced | undefined>;
  return (page[Symbol.for('edge-net.messages.v1')] ??= { words: new Map(), listeners: new Set() });
}

/** Replaces words on the whole page, or adds a language. @param lang a BCP 47 tag; `de` counts for `de-AT` too */
export function replaceWords(messages: Messages, lang: string): void {
  const { words, listeners } = replaced();
  const tag = tagOf(lang);
  words.set(tag, { ...words.get(tag), ...messages });
  for (const listener of listeners) listener();
}

/** The words of one view in one language. */
export interface Words<English> {
  (key: Key<English>, values?: Readonly<Record<string, string | number>>): string;
  /** By the number's plural category; the number itself is `{count}`. */
  plural(key: PluralKey<English>, count: number, values?: Readonly<Record<string, string | number>>): string;
  /** @param digits after the point, at most */
  number(value: number, digits?: number): string;
  percent(share: number): string;
  /** Of the language that is spoken, which may be English on a page that is not: for `lang` and `dir` of the drawing. */
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
}

export class Wording<English extends Messages> {
  #host: HTMLElement & { readonly messages?: Messages };
  #english: English;
  #changed: () => void;
  #loaded = new Map<string, Messages | undefined>();
  #arriving = Promise.resolve();
  #words: Words<English> | undefined;
  #made = '';

  /** @param changed called when there are other words, a language that has arrived among them */
  constructor(host: HTMLElement & { readonly messages?: Messages }, english: English, changed: () => void) {
    this.#host = host;
    this.#english = english;
    this.#changed = () => ((this.#made = ''), changed());
    replaced().listeners.add(this.#changed);
  }

  /** Undefined while the page's language is on its way: nobody is to read two languages one after the other. */
  get words(): Words<English> | undefined {
    const lang = languageOf(this.#host);
    const [base = ''] = lang.split('-');
    const load = LANGUAGES.get(base);
    if (load && !this.#loaded.has(base)) {
      this.#loaded.set(base, undefined);
      // Where the chunk cannot be had, English has to do.
      this.#arriving = load()
        .then(({ MESSAGES }) => MESSAGES, () => ({}))
        .then((messages) => (this.#loaded.set(base, messages), this.#changed()));
    }
    const built = this.#loaded.get(base);
    if (load && !built) return undefined;
    const page = replaced().words;
    const own = { ...built, ...page.get(base), ...page.get(lang) };
    const isSpoken = base === 'en' || Object.keys(own).some((key) => key in this.#english);
    // Of what is no tag, or one that this browser knows no numbers for, the language alone may be one.
    const spoken = (isSpoken && [lang, base].find(isTag)) || 'en';
    const made = lang + JSON.stringify(this.#host.messages ?? {});
    if (this.#made !== made) this.#words = wordsOf({ ...this.#english, ...(spoken === 'en' ? page.get('en') : {}), ...own, ...this.#host.messages }, spoken);
    this.#made = made;
    return this.#words;
  }

  /** For who draws once: resolves with the words when they are there. */
  async ready(): Promise<Words<English>> {
    for (let { words } = this; ; { words } = this) {
      if (words) return words;
      await this.#arriving;
    }
  }

  /** Hears of no more changes. */
  rest(): void {
    replaced().listeners.delete(this.#changed);
  }
}

/** Of the nearest ancestor that says so, shadow hosts included; of the page; else English. */
export function languageOf(element: Element): string {
  for (let at: Element | undefined = element; at; at = hostOf(at)) {
    const lang = at.closest('[lang]')?.getAttribute('lang');
    if (lang) return tagOf(lang);
  }
  return tagOf(document.documentElement.lang) || 'en';
}

/** Without regard to case, and as content systems write it too: `de_AT`. */
function tagOf(lang: string): string {
  return lang.toLowerCase().replaceAll('_', '-');
}

function isTag(lang: string): boolean {
  try {
    return Intl.getCanonicalLocales(lang).length > 0;
  } catch {
    return false;
  }
}

function hostOf(element: Element): Element | undefined {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : undefined;
}

function wordsOf<English extends Messages>(messages: Messages, lang: string): Words<English> {
  const english = /^en(?:-|$)/u.test(lang);
  const fill = (key: string, values: Readonly<Record<string, string | number>> = {}) => (messages[key] ?? key).replace(/\{(\w+)\}/gu, (hole, name: string) => String(values[name] ?? hole));
  // English by hand: `Intl` would have a phone load its language data, a long task on its own.
  const number = (value: number, digits = 0) => (english ? grouped(Number(value.toFixed(digits))) : new Intl.NumberFormat(lang, { maximumFractionDigits: digits }).format(value));
  const category = (count: number) => (english ? (count === 1 ? 'one' : 'other') : new Intl.PluralRules(lang).select(count));
  return Object.assign(fill as Words<English>, {
    plural: (key: string, count: number, values = {}) => {
      const exact = `${key}.${category(count)}`;
      return fill(messages[exact] === undefined ? `${key}.other` : exact, { count: number(count), ...values });
    },
    number,
    percent: (share: number) => (english ? `${Math.round(share * 100)}%` : new Intl.NumberFormat(lang, { style: 'percent' }).format(share)),
    lang,
    dir: RIGHT_TO_LEFT.test(lang) ? ('rtl' as const) : ('ltr' as const),
  });
}

function grouped(amount: number): string {
  return String(amount).replace(/^(-?\d+)/u, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/gu, ','));
}
