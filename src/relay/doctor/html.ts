/** Of a page's HTML, as much as says how our tag stands in it. No parser of HTML: comments, scripts and odd quoting are heeded, scripts that write tags are not. */
export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Up to the end of a tag, or of the page: whatever begins has an end, so that no text is read more than once. */
const WITHIN = String.raw`(?![^\s/>])(?:"[^"]*(?:"|$)|'[^']*(?:'|$)|[^>"'])*`;
/** Comments, and elements within which everything is text. */
const TEXT = new RegExp(String.raw`<!--[\s\S]*?(?:-->|$)|(<(script|style|textarea|template|noscript)${WITHIN}(?:>|$))[\s\S]*?(?:</\2(?=[\s/>])|$)`, 'giu');
const TAG = new RegExp(`<(meta|script|edge-net-node)(${WITHIN})(>|$)`, 'giu');
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>`]+)))?/gu;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' };

/** The meta, script and edge-net-node tags, in order. */
export function tagsOf(html: string): Tag[] {
  const plain = html.replace(TEXT, '$1');
  return [...plain.matchAll(TAG)].flatMap(([, name = '', text = '', end]) => (end ? [{ name: name.toLowerCase(), attributes: attributesOf(text) }] : []));
}

function attributesOf(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single, bare] of text.matchAll(ATTRIBUTE)) {
    if (!attributes.has(name.toLowerCase())) attributes.set(name.toLowerCase(), decode(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

function decode(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(amp|quot|apos|lt|gt));/giu, (whole, decimal?: string, hex?: string, name?: string) => {
    const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined;
    if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    return ENTITIES[name!.toLowerCase()] ?? whole;
  });
}

/** Policies that the page states itself. */
export function metaPolicies(tags: readonly Tag[]): string[] {
  return tags.filter(({ name, attributes }) => name === 'meta' && attributes.get('http-equiv')?.toLowerCase() === 'content-security-policy').map(({ attributes }) => attributes.get('content') ?? '');
}

/** Our script, and what it or the node says; undefined where there is none. */
export interface OurTag {
  /** As written. */
  readonly src: string;
  readonly nonce: string;
  /** Of the node, by its own name: `relays` for `data-relays` too. */
  readonly setting: (name: string) => string | undefined;
}

const OUR_FILE = /\/?edge-net(?:\.global)?(?:\.min)?\.js(?:[?#].*)?$/u;

export function ourTag(tags: readonly Tag[]): OurTag | undefined {
  const script = tags.find(({ name, attributes }) => name === 'script' && (attributes.has('data-edge-net') || OUR_FILE.test(attributes.get('src') ?? '')));
  const src = script?.attributes.get('src');
  if (!script || src === undefined) return undefined;
  const node = tags.find(({ name }) => name === 'edge-net-node');
  return { src, nonce: script.attributes.get('nonce') ?? '', setting: (name) => node?.attributes.get(name) ?? script.attributes.get(`data-${name}`) };
}
