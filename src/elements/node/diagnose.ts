/** What works on this page. Starts a worker, a frame and connections, so it runs only when it is asked to. */
import type { EngineConfig } from '../../engine/index.js';
import { CLOCK_MS_MAX } from '../../engine/diagnosis/clock.js';
import type { Policy } from '../../engine/diagnosis/csp.js';
import { amend, headerOf, leastPolicy, obstacles, type Obstacle, type Place } from '../../engine/diagnosis/needs.js';
import { pageNonce } from '../../engine/diagnosis/page-nonce.js';
import { NO_FILE, tryClock, tryFile, tryFrame, tryRelay, tryStorage, tryTrustedTypes, tryWasm, tryWorker } from '../../engine/diagnosis/probes.js';
import { watchRefusals } from '../../engine/diagnosis/refusals.js';
import { BASE } from '../shared/base.js';

export interface Check {
  readonly check: 'secure-context' | 'trusted-types' | 'nonce' | 'worker' | 'wasm' | 'frame' | 'network' | 'clock' | 'storage';
  readonly ok: boolean;
  /** What to do, in a sentence; empty where all is well. */
  readonly fix: string;
  /** Directives of the page's Content-Security-Policy that are in the way. */
  readonly directive: string;
  /** The whole header that is to replace the page's, one line a policy; empty where no header is at fault. */
  readonly header: string;
}

type Outcome = { readonly ok: boolean; readonly fix: string };
const FINE: Outcome = { ok: true, fix: '' };
const wrong = (fix: string): Outcome => ({ ok: false, fix });

/** Which of the policies' obstacles stand in the way of which check. */
const CODES: { readonly [Name in Check['check']]?: readonly Obstacle['code'][] } = {
  'trusted-types': ['trusted-types'], worker: ['csp-worker'], wasm: ['csp-wasm'], frame: ['csp-frame'], network: ['csp-connect'],
};

/** @param config undefined where the attributes themselves were refused */
export async function diagnose(config: EngineConfig | undefined): Promise<Check[]> {
  const refusals = watchRefusals();
  const place = placeOf(config);
  const file = (name: string): string => new URL(name, place.base).href;
  const trials: Readonly<Record<Check['check'], () => Promise<Outcome> | Outcome>> = {
    'secure-context': () => (isSecureContext ? FINE : wrong('Serve the page over https, or from localhost.')),
    'trusted-types': async () => (tryTrustedTypes() && (await drawsViews()) ? FINE : wrong("Allow our policies in the page's Content-Security-Policy: trusted-types edge-net lit-html.")),
    nonce: () => FINE,
    worker: async () => workerOutcome(await tryWorker(file('edge-net.engine.js'), refusals), file('edge-net.engine.js')),
    wasm: () => tryWasm().then(() => FINE, () => wrong("WebAssembly is refused: add 'wasm-unsafe-eval' to script-src.")),
    frame: async () => outcomeOf(await tryFrame(file('edge-net.frame.js'))),
    network: () => network(config, place),
    clock: () => clock(config),
    storage: async () => (config?.storage === 'memory' || (await tryStorage()) ? FINE : wrong('The browser refuses storage here (private window, blocked site data or a sandboxed frame): set storage="memory" to go without.')),
  };
  const names = Object.keys(trials) as Check['check'][];
  const outcomes = await Promise.all(names.map((name) => Promise.resolve().then(trials[name]).catch((error: unknown) => wrong(String(error)))));
  // Where all is well in this browser, a policy may still be in the way of another. One that refuses to be asked for is told by that.
  const policies = await refusals.policies(place.nonce);
  refusals.stop();
  const checks = names.map((name, index) => judge(name, outcomes[index]!, policies, place));
  print(checks);
  return checks;
}

/** For who calls it from the developer tools, which is where one does. */
function print(checks: readonly Check[]): void {
  // oxlint-disable-next-line no-console
  console.table(checks.map(({ check, ok, fix }) => ({ check, ok, fix })));
  const header = checks.find((check) => check.header)?.header;
  // oxlint-disable-next-line no-console
  if (header) console.info(`Send this header in place of the page's own:\n${header}`);
}

function judge(check: Check['check'], outcome: Outcome, policies: readonly Policy[], place: Place): Check {
  const all = obstacles(policies, place);
  const found = check === 'nonce' ? (place.nonce ? [] : all.filter(({ code, byNonce }) => code === 'csp-frame' && byNonce)) : all.filter(({ code }) => CODES[check]?.includes(code));
  if (outcome.ok && found.length === 0) return { check, ...FINE, directive: '', header: '' };
  const header = found.some(({ byNonce }) => !byNonce) ? headerOf(amend(policies, place)) : '';
  return { check, ok: false, fix: found.map(({ fix }) => fix).join(' ') || outcome.fix, directive: [...new Set(found.map(({ directive }) => directive))].join(' '), header };
}

function placeOf(config: EngineConfig | undefined): Place {
  const base = config?.base ?? BASE;
  const models = config && config.modelBase !== `${base}models/` ? [config.modelBase] : [];
  return { self: origin, base, script: new URL('edge-net.js', base).href, addresses: [...(config?.relays ?? []).map((relay) => relay.replace(/^http/u, 'ws')), ...(config?.network ? [config.network] : []), ...models], nonce: pageNonce() };
}

/** Lit makes a policy of its own as it is loaded, and fails where it must not. */
function drawsViews(): Promise<boolean> {
  return import('../widget/widget-view.js').then(() => true, () => false);
}

const outcomeOf = (message: string): Outcome => (message === '' ? FINE : wrong(message));

function workerOutcome(said: string, url: string): Outcome {
  if (said !== NO_FILE) return outcomeOf(said);
  return wrong(`No policy refuses the worker, but ${url} could not be loaded: check that the file is there, served as JavaScript${new URL(url).origin === origin ? '' : ' and with CORS'}.`);
}

async function network(config: EngineConfig | undefined, place: Place): Promise<Outcome> {
  const file = new URL('edge-net.sandbox.js', place.base).href;
  const [relays, isFile] = await Promise.all([relaysAnswer(config, place), tryFile(file)]);
  return relays.ok && !isFile ? wrong(`${file} cannot be fetched: check that it is there${new URL(file).origin === origin ? '' : ' and served with CORS'}.`) : relays;
}

async function relaysAnswer(config: EngineConfig | undefined, place: Place): Promise<Outcome> {
  if (config?.local === 'only' || (config?.network && config.relays.length === 0)) return FINE;
  if (!config?.relays.length) return wrong('Set relays="wss://…/gun" to the address of a relay.');
  const said = await Promise.all(config.relays.map(tryRelay));
  if (said.includes('')) return FINE;
  const reason = said.find(Boolean);
  if (reason?.includes('origin-not-allowed')) return wrong(`The relay does not serve this site: its operator adds --allow-origin ${origin}.`);
  if (reason) return wrong(`The relay refuses the connection: ${reason}`);
  return wrong(`No relay answers at ${config.relays.join(' ')}. Start it, check the address, and allow it: Content-Security-Policy: ${leastPolicy(place)}`);
}

async function clock(config: EngineConfig | undefined): Promise<Outcome> {
  const leads = await Promise.all((config?.relays ?? []).map((relay) => tryClock(relay).catch(() => undefined)));
  const lead = leads.find((ms) => ms !== undefined && Math.abs(ms) > CLOCK_MS_MAX);
  return lead === undefined ? FINE : wrong(`This machine's clock is ${Math.round(Math.abs(lead) / 1000)} s ${lead > 0 ? 'ahead of' : 'behind'} the relay's: let it be set automatically.`);
}
