/** A page as it is served: how our tag stands in it, whether its files come, and what its policies let through. */
import { parseHeader, parsePolicy, type Policy } from '../../engine/diagnosis/csp.js';
import { amend, headerOf, leastPolicy, obstacles, type NeedCode, type Place } from '../../engine/diagnosis/needs.js';
import { bad, fine, reason, type Finding } from './finding.js';
import { metaPolicies, ourTag, tagsOf, type OurTag, type Tag } from './html.js';

const ANSWER_MS_MAX = 20_000;
const PAGE_LENGTH_MAX = 4_000_000;
const LOCAL_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/u;
/** Where the tag is looked for when it is not in the page. */
const CDN = 'https://cdn.jsdelivr.net/npm/@ruvector/edge-net/dist/';

/** What each of our needs is called, in the order in which it is told. */
const NEEDS: Readonly<Record<NeedCode, readonly [check: string, met: string]>> = {
  'csp-script': ['script', 'our scripts are let in'],
  'csp-wasm': ['wasm', 'WebAssembly is let in'],
  'csp-worker': ['worker', 'our workers are let in'],
  'csp-connect': ['connect', 'the relay and our files can be reached'],
  'csp-frame': ['frame', 'the sandbox for custom_wasm can be made'],
  'trusted-types': ['trusted-types', 'our policies may be made'],
};

export interface PageReport {
  readonly findings: readonly Finding[];
  /** To send in place of the page's own; empty where that one does, or where there is none. */
  readonly header: string;
  /** The page's origin, once it is known. */
  readonly origin?: string;
  /** That the tag names. */
  readonly relays: readonly string[];
}

/** @param relays besides those that the tag names */
export async function examinePage(address: string, relays: readonly string[]): Promise<PageReport> {
  let url: URL;
  let html: string;
  let headers: Headers;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(ANSWER_MS_MAX), headers: { accept: 'text/html' } });
    if (!response.ok) return { findings: [bad('page', 'page', `${response.url} answered ${response.status}`, 'Name the address at which visitors see the page.')], header: '', relays: [] };
    [url, html, headers] = [new URL(response.url), await textOf(response), response.headers];
  } catch (error) {
    return { findings: [bad('page', 'page', `${address}: ${reason(error)}`, 'Check the address; doctor asks for it from this machine.')], header: '', relays: [] };
  }
  const tags = tagsOf(html);
  const found = ourTag(tags);
  const tag = found && fileAt(found.src, url) ? found : undefined;
  const place = placeOf(url, tag, relays);
  const policies = [...parseHeader(headers.get('content-security-policy') ?? ''), ...metaPolicies(tags).map(parsePolicy)];
  const judged = policyFindings(policies, place, tags);
  const header = judged.some(({ ok }) => !ok) ? headerOf(amend(policies, place)) : '';
  return { findings: [...site(url, tag, place), ...(tag ? [await files(place)] : []), ...judged], header, origin: url.origin, relays: place.addresses.filter((relay) => relay.startsWith('ws')) };
}

/** As much of a page as anybody writes; what comes after is not waited for. */
async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > PAGE_LENGTH_MAX) break;
  }
  return text;
}

/** Where something of ours may lie; undefined for addresses of other kinds, `data:` among them. */
function fileAt(text: string, page: URL): string | undefined {
  return URL.canParse(text, page) && /^https?:$/u.test(new URL(text, page).protocol) ? new URL(text, page).href : undefined;
}

function placeOf(url: URL, tag: OurTag | undefined, relays: readonly string[]): Place {
  const folder = (text: string | undefined): string | undefined => (text ? fileAt(text.endsWith('/') ? text : `${text}/`, url) : undefined);
  const script = (tag && fileAt(tag.src, url)) ?? `${CDN}edge-net.js`;
  // The node takes both ways of writing one, and connects by the first.
  const named = [...(tag?.setting('relays') ?? '').split(/[\s,]+/u), ...relays].filter((relay) => URL.canParse(relay)).map((relay) => new URL(relay).href.replace(/^http/u, 'ws')).filter((relay) => relay.startsWith('ws'));
  const others = [fileAt(tag?.setting('network') || 'about:blank', url), folder(tag?.setting('model-base'))].filter((at) => at !== undefined);
  return { self: url.origin, script, base: folder(tag?.setting('base')) ?? new URL('./', script).href, nonce: tag?.nonce ?? '', addresses: [...new Set([...named, ...others])] };
}

/** The page itself and its tag. */
function site(url: URL, tag: OurTag | undefined, { addresses, script }: Place): Finding[] {
  const isSecure = url.protocol === 'https:' || LOCAL_HOST.test(url.hostname);
  const open = addresses.find((address) => /^(?:ws|http):/u.test(address) && !LOCAL_HOST.test(new URL(address).hostname));
  const relays = addresses.filter((address) => address.startsWith('ws'));
  return [
    isSecure ? fine('page', 'secure-context', url.origin) : bad('page', 'secure-context', `${url.origin} is not secure`, 'Serve the page over https: browsers offer no keys without.'),
    tag ? fine('page', 'tag', script) : bad('page', 'tag', 'no script named edge-net.js or edge-net.global.js in the HTML', 'Paste the tag, or publish the page anew; a tag that another script adds is not seen here.'),
    ...(tag && relays.length === 0 ? [bad('page', 'relays', 'the tag names no relay', 'Write relays="wss://…/gun" in the node, or data-relays in the script.')] : []),
    ...(url.protocol === 'https:' && open ? [bad('page', 'relays', `${open} is not encrypted`, 'Put the relay behind TLS and write wss:// : a page over https may connect to nothing else.')] : []),
  ];
}

/** One of the files beside the script stands for all. */
async function files({ base, self }: Place): Promise<Finding> {
  const url = new URL('edge-net.engine.js', base);
  const fix = `Put all of the package's files into ${base}; edge-net copy-assets does.`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX), headers: { origin: self } });
    await response.body?.cancel();
    const type = response.headers.get('content-type') ?? 'no type';
    const allowed = response.headers.get('access-control-allow-origin');
    if (!response.ok) return bad('page', 'files', `${url.href} answered ${response.status}`, fix);
    if (!/javascript/u.test(type)) return bad('page', 'files', `${url.href} is served as ${type}`, 'Serve .js files as text/javascript.');
    if (url.origin !== self && allowed !== '*' && allowed !== self) return bad('page', 'files', `${url.origin} allows no other origin`, `Send Access-Control-Allow-Origin: ${self} with the files, or serve them from the page's own origin.`);
    return fine('page', 'files', base);
  } catch (error) {
    return bad('page', 'files', `${url.href}: ${reason(error)}`, fix);
  }
}

function policyFindings(policies: readonly Policy[], place: Place, tags: readonly Tag[]): Finding[] {
  if (policies.length === 0) return [fine('page', 'policy', `no Content-Security-Policy; one that suffices is: ${leastPolicy(place)}`)];
  const all = obstacles(policies, place);
  const findings = (Object.keys(NEEDS) as NeedCode[]).map((code) => {
    const [check, met] = NEEDS[code];
    const found = all.filter((obstacle) => obstacle.code === code);
    return found.length === 0 ? fine('page', check, met) : bad('page', check, `refused by ${[...new Set(found.map(({ directive }) => directive))].join(' and ')}`, [...new Set(found.map(({ fix }) => fix))].join(' '));
  });
  const hasNonces = policies.some((policy) => [...policy.values()].flat().some((source) => source.startsWith("'nonce-")));
  if (!hasNonces) return findings;
  const node = tags.find(({ name }) => name === 'edge-net-node')?.attributes.get('nonce') ?? place.nonce;
  return [...findings, node ? fine('page', 'nonce', 'the tag has a nonce') : bad('page', 'nonce', 'the policy has nonces and the tag has none', "Write nonce=\"…\" in the script's tag, and in <edge-net-node> where another script writes that.")];
}
