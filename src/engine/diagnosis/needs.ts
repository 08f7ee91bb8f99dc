/** What a page's policies must let through for our tag, what of it they do not, and the policies that would. Pure. */
import { allowsConnection, allowsPolicyName, allowsScript, allowsWasm, allowsWorker, effective, isStrictDynamic, printPolicy, type Directive, type Effective, type Policy } from './csp.js';

/** A page and what its tag loads. Addresses are absolute. */
export interface Place {
  /** Origin of the page. */
  readonly self: string;
  /** The script of the tag. */
  readonly script: string;
  /** Folder of the package's files. */
  readonly base: string;
  /** What is fetched or connected to besides: relays, the descriptor, models. */
  readonly addresses: readonly string[];
  /** Of the script's element; empty where it has none. */
  readonly nonce: string;
}

export type NeedCode = 'csp-script' | 'csp-worker' | 'csp-wasm' | 'csp-connect' | 'csp-frame' | 'trusted-types';

/** Something that a policy forbids. */
export interface Obstacle {
  readonly code: NeedCode;
  /** The directive that forbids it. */
  readonly directive: string;
  /** One sentence: what to do. */
  readonly fix: string;
  /** No header mends this, only a nonce in the tag. */
  readonly byNonce: boolean;
}

interface Need {
  readonly code: NeedCode;
  readonly directive: Directive | 'trusted-types';
  /** Sources to add where it is not met. */
  readonly add: readonly string[];
  /** A sentence on who asks for it, where not every browser does. */
  readonly askedBy?: string;
  readonly isMet: (policy: Policy) => boolean;
}

/** Lit makes one of its own for the templates of widget, log and dashboard. */
export const POLICY_NAMES = ['edge-net', 'lit-html'] as const;

/** Every origin by every scheme that is used: policies tell sockets and requests apart. */
export function originsOf(addresses: readonly string[]): string[] {
  return [...new Set(addresses.flatMap((address) => {
    const { protocol, host } = new URL(address);
    if (!/^(?:ws|http)s?:$/u.test(protocol)) return [];
    return protocol.startsWith('ws') ? [`${protocol.replace('ws', 'http')}//${host}`, `${protocol}//${host}`] : [`${protocol}//${host}`];
  }))];
}

function needsOf({ self, script, base, addresses, nonce }: Place): Need[] {
  const files = new URL(base).origin;
  const own = files === self;
  const named = (origin: string): string => (origin === self ? "'self'" : origin);
  const chunk = new URL('edge-net.shared.js', base).href;
  const frame = new URL('edge-net.frame.js', base).href;
  const scripts = (code: NeedCode, url: string, carried: string, parserInserted: boolean): Need => ({
    code, directive: 'script-src-elem', add: [named(new URL(url).origin)],
    isMet: (policy) => allowsScript(policy, { url, self, nonce: carried, parserInserted }),
  });
  const connections = originsOf([base, ...addresses]).map((origin): Need => ({
    code: 'csp-connect', directive: 'connect-src', add: [named(origin)], isMet: (policy) => allowsConnection(policy, `${origin}/`, self),
  }));
  return [
    scripts('csp-script', script, nonce, true),
    scripts('csp-script', chunk, nonce, false),
    // The sandbox's frame is always on a blob, and so are all workers from another origin. That origin is for Firefox, which holds
    // what a worker's modules import against this directive as well.
    ...[`blob:${self}/0`, chunk].map((url): Need => ({
      code: 'csp-worker', directive: 'worker-src', add: [url === chunk ? named(files) : 'blob:'], ...(url === chunk && !own ? { askedBy: FIREFOX } : {}), isMet: (policy) => allowsWorker(policy, url, self),
    })),
    // A worker of a blob has the page's policy and no nonce.
    ...(own ? [] : [scripts('csp-worker', chunk, '', false)]),
    { code: 'csp-wasm', directive: 'script-src', add: ["'wasm-unsafe-eval'"], isMet: allowsWasm },
    ...connections,
    scripts('csp-frame', frame, nonce, true),
    ...POLICY_NAMES.map((name): Need => ({ code: 'trusted-types', directive: 'trusted-types', add: [name], isMet: (policy) => allowsPolicyName(policy, name) })),
  ];
}

const WHAT: Readonly<Record<NeedCode, string>> = {
  'csp-script': 'our script', 'csp-worker': 'our workers', 'csp-wasm': 'WebAssembly', 'csp-connect': 'connections of ours',
  'csp-frame': "the sandbox's script, for tasks of kind custom_wasm", 'trusted-types': 'our Trusted Types policies',
};

const FIREFOX = ' Firefox holds what workers import against it; to other browsers blob: is enough.';

/** What stands in the way, each thing and directive once, whichever browser it stands in the way of. */
export function obstacles(policies: readonly Policy[], place: Place): Obstacle[] {
  const found = new Map<string, Obstacle & { readonly adds: Set<string> }>();
  for (const policy of policies) {
    for (const need of needsOf(place)) {
      if (need.isMet(policy)) continue;
      const { code, add } = need;
      const { name, sources } = decider(policy, need);
      const adds = found.get(`${code} ${name}`)?.adds ?? new Set();
      for (const source of add) adds.add(source);
      const byNonce = onlyByNonce(need, sources);
      const fix = byNonce
        ? `The page's Content-Security-Policy lets in ${WHAT[code]} by its nonce alone (${name}): write nonce="…" in the script's tag, with the nonce of the header.`
        : `The page's Content-Security-Policy refuses ${WHAT[code]} (${name}): add ${[...adds].join(' ')} to ${home(need, name)}.${adds.has('blob:') ? '' : (need.askedBy ?? '')}`;
      found.set(`${code} ${name}`, { code, directive: name, fix, byNonce, adds });
    }
  }
  return [...found.values()].map(({ adds: _adds, ...obstacle }) => obstacle);
}

/** The policies with what is missing added, and nothing else let through. What only a nonce in the tag mends is left as it is. */
export function amend(policies: readonly Policy[], place: Place): Policy[] {
  return policies.map((policy) => {
    const amended = new Map(policy);
    for (const need of needsOf(place)) {
      if (need.isMet(amended)) continue;
      const { name, sources } = decider(amended, need);
      if (onlyByNonce(need, sources)) continue;
      const at = home(need, name);
      amended.set(at, [...(at === name ? sources : inherited(sources, at)).filter((source) => source.toLowerCase() !== "'none'"), ...need.add]);
    }
    return amended;
  });
}

/** The policy for a page that has none yet: what our tag needs, and no more. */
export function leastPolicy(place: Place): string {
  const files = new URL(place.base).origin;
  const named = (origin: string): string => (origin === place.self ? "'self'" : origin);
  const scripts = [...new Set([new URL(place.script).origin, files].map(named))].join(' ');
  const connections = [...new Set(originsOf([place.base, ...place.addresses]).map(named))].join(' ');
  return `script-src ${scripts} 'wasm-unsafe-eval'; worker-src blob: ${named(files)}; connect-src ${connections}`;
}

/** A second header would only forbid more, so that the old one is to be replaced. One line a policy. */
export function headerOf(policies: readonly Policy[]): string {
  return policies.map((policy) => `Content-Security-Policy: ${printPolicy(policy)}`).join('\n');
}

function decider(policy: Policy, { directive }: Need): Effective {
  return directive === 'trusted-types' ? { name: directive, sources: policy.get(directive) ?? [] } : effective(policy, directive)!;
}

/** Beside 'strict-dynamic', hosts count for nothing. */
function onlyByNonce({ directive }: Need, sources: readonly string[]): boolean {
  return directive === 'script-src-elem' && isStrictDynamic(sources);
}

/** Where an addition belongs: in no directive that decides about other things too. */
function home({ directive }: Need, decider: string): string {
  if (directive !== 'script-src-elem' && directive !== 'script-src') return directive;
  return decider === 'default-src' ? 'script-src' : decider;
}

/** A directive of its own takes over what its fallback allowed; in worker-src, nonces and the like mean nothing. */
function inherited(sources: readonly string[], name: string): readonly string[] {
  return name === 'worker-src' ? sources.filter((source) => !source.startsWith("'") || source.toLowerCase() === "'self'") : sources;
}
