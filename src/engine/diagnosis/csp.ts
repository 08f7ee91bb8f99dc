/**
 * Content-Security-Policy as browsers read it (CSP Level 3, with Chromium's narrower reading where the two differ): as much
 * of it as decides whether a page lets our scripts, workers, WebAssembly and connections through. Pure.
 */
export type Policy = ReadonlyMap<string, readonly string[]>;

/** What holds where a directive is absent, most particular first. */
const FALLBACKS = {
  'script-src-elem': ['script-src-elem', 'script-src', 'default-src'],
  'script-src': ['script-src', 'default-src'],
  'worker-src': ['worker-src', 'child-src', 'script-src', 'default-src'],
  'connect-src': ['connect-src', 'default-src'],
} as const;

export type Directive = keyof typeof FALLBACKS;

export interface Effective {
  readonly name: string;
  readonly sources: readonly string[];
}

/** Of two directives with one name, the first counts. */
export function parsePolicy(text: string): Policy {
  const policy = new Map<string, readonly string[]>();
  for (const part of text.split(';')) {
    const [name, ...values] = part.trim().split(/\s+/u);
    if (name && !policy.has(name.toLowerCase())) policy.set(name.toLowerCase(), values);
  }
  return policy;
}

/** A header may hold several policies, all of which hold. A meta element holds one. */
export function parseHeader(text: string): Policy[] {
  return text.split(',').map(parsePolicy).filter(({ size }) => size > 0);
}

export function printPolicy(policy: Policy): string {
  return [...policy].map(([name, values]) => [name, ...values].join(' ')).join('; ');
}

/** The directive that decides in this policy; undefined where nothing forbids anything. */
export function effective(policy: Policy, directive: Directive): Effective | undefined {
  for (const name of FALLBACKS[directive]) {
    const sources = policy.get(name);
    if (sources) return { name, sources };
  }
  return undefined;
}

export interface ScriptRequest {
  readonly url: string;
  /** Origin of the page. */
  readonly self: string;
  /** Of the element, or of the script that imports. */
  readonly nonce?: string;
  /** Written in HTML; what scripts add or import is not. */
  readonly parserInserted: boolean;
}

export function allowsScript(policy: Policy, { url, self, nonce, parserInserted }: ScriptRequest): boolean {
  const sources = effective(policy, 'script-src-elem')?.sources;
  if (!sources) return true;
  if (nonce && sources.includes(`'nonce-${nonce}'`)) return true;
  if (isStrictDynamic(sources)) return !parserInserted;
  return anyMatches(sources, url, self);
}

export function allowsWorker(policy: Policy, url: string, self: string): boolean {
  const found = effective(policy, 'worker-src');
  if (!found) return true;
  // Among sources for workers alone it means nothing.
  if ((found.name === 'script-src' || found.name === 'default-src') && isStrictDynamic(found.sources)) return true;
  return anyMatches(found.sources, url, self);
}

export function allowsConnection(policy: Policy, url: string, self: string): boolean {
  const sources = effective(policy, 'connect-src')?.sources;
  return !sources || anyMatches(sources, url, self);
}

export function allowsWasm(policy: Policy): boolean {
  const sources = effective(policy, 'script-src')?.sources;
  return !sources || sources.some((source) => /^'(?:wasm-)?unsafe-eval'$/iu.test(source));
}

/** Whether a script may make a Trusted Types policy of that name. */
export function allowsPolicyName(policy: Policy, name: string): boolean {
  const names = policy.get('trusted-types');
  return !names || names.includes('*') || names.includes(name);
}

export function isStrictDynamic(sources: readonly string[]): boolean {
  return sources.some((source) => source.toLowerCase() === "'strict-dynamic'");
}

function anyMatches(sources: readonly string[], url: string, self: string): boolean {
  return sources.some((source) => matches(source, new URL(url), self));
}

const SCHEME = /^([a-z][a-z0-9+.-]*):$/iu;
const HOST = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[^/:*]+|\[[^\]]+\])(?::(\d+|\*))?(\/.*)?$/iu;
const NETWORK: readonly string[] = ['http:', 'https:', 'ws:', 'wss:'];
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'ws:': '80', 'https:': '443', 'wss:': '443' };

function matches(source: string, url: URL, self: string): boolean {
  if (source === '*') return NETWORK.includes(url.protocol);
  if (source.toLowerCase() === "'self'") return isSelf(url, self);
  const scheme = SCHEME.exec(source)?.[1];
  if (scheme) return schemeFits(`${scheme.toLowerCase()}:`, url.protocol);
  const [found, ofSource, host, port, path] = HOST.exec(source) ?? [];
  if (!found || !host || !NETWORK.includes(url.protocol)) return false;
  const wanted = ofSource ? `${ofSource.toLowerCase()}:` : pageOf(self)?.protocol;
  if (!wanted) return false;
  // A host without a scheme is no socket's: Chromium takes it for the page's scheme, or a safer one.
  return schemeFits(wanted, url.protocol) && hostFits(host.toLowerCase(), url.hostname) && portFits(port, url, wanted) && pathFits(path, url.pathname);
}

/** Undefined for `null`, which a page is that lies in a sandboxed frame or on a disk. */
function pageOf(self: string): URL | undefined {
  return URL.canParse(self) ? new URL(self) : undefined;
}

/** A safer scheme is always let through. */
function schemeFits(wanted: string, given: string): boolean {
  return wanted === given || (wanted === 'http:' && given === 'https:') || (wanted === 'ws:' && given === 'wss:');
}

function isSocketOf(page: string, given: string): boolean {
  return given === 'wss:' || (given === 'ws:' && page === 'http:');
}

/** The page's own host, by its own scheme or a safer one, sockets included. */
function isSelf(url: URL, self: string): boolean {
  const page = pageOf(self);
  if (!page || url.hostname !== page.hostname || !NETWORK.includes(url.protocol)) return false;
  const isScheme = schemeFits(page.protocol, url.protocol) || isSocketOf(page.protocol, url.protocol);
  return isScheme && (portOf(url) === portOf(page) || (isDefaultPort(url) && isDefaultPort(page)));
}

function hostFits(pattern: string, host: string): boolean {
  if (pattern === '*') return true;
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

/** A number is of the scheme it stands with: a safer scheme is let through by its own default port alone. */
function portFits(port: string | undefined, url: URL, wanted: string): boolean {
  if (port === '*') return true;
  if (port === undefined) return isDefaultPort(url);
  return wanted === url.protocol ? portOf(url) === port : port === DEFAULT_PORTS[wanted] && isDefaultPort(url);
}

function pathFits(path: string | undefined, given: string): boolean {
  if (!path || path === '/') return true;
  return path.endsWith('/') ? given.startsWith(path) : given === path;
}

const portOf = (url: URL): string => url.port || (DEFAULT_PORTS[url.protocol] ?? '');
const isDefaultPort = (url: URL): boolean => portOf(url) === DEFAULT_PORTS[url.protocol];
