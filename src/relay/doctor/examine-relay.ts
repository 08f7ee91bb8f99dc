/** What a relay does for a node that comes to it as any other: over its socket, with an identity that is thrown away. */
import { WebSocket } from 'ws';
import { systemClock, systemRandom } from '../../engine/adapters/clock.js';
import { createSigner } from '../../engine/adapters/signer/signer.js';
import { createGunTransport } from '../../engine/adapters/transport/gun-transport.js';
import { toBase64url } from '../../engine/core/encoding.js';
import type { Network } from '../../engine/core/network.js';
import { CLOCK_MS_MAX, clockLead, relayFile } from '../../engine/diagnosis/clock.js';
import { createGuard } from '../../engine/guard.js';
import { createIdentity } from '../../engine/identity/identity.js';
import { readLocation } from '../../engine/node/node-platform.js';
import type { Signer } from '../../engine/ports/signer.js';
import type { LinkMode } from '../../engine/ports/transport.js';
import { parseDescriptor } from '../data-dir.js';
import { bad, fine, reason, type Finding } from './finding.js';

const ANSWER_MS_MAX = 10_000;
const HEALTH_MS_MAX = 3_000;
const HELLO_AGAIN_MS = 2_000;
const SESSION_BYTES = 12;

export interface RelayQuestion {
  readonly relay: string;
  /** Descriptor, where the relay is not to be asked for it. */
  readonly network?: string;
  /** Origin of the page that is to connect. */
  readonly origin?: string;
}

export async function examineRelay({ relay, network: location, origin }: RelayQuestion): Promise<Finding[]> {
  if (!URL.canParse(relay) || !/^(?:ws|http)s?:$/u.test(new URL(relay).protocol)) return [bad('relay', 'address', relay, 'Write an address such as wss://relay.example/gun.')];
  const findings = await knock(relay);
  if (findings.some(({ check, ok }) => check === 'reachable' && !ok)) return findings;
  const signer = await createSigner({ identity: createIdentity(systemRandom), random: systemRandom });
  const place = location ?? relayFile(relay, '/edge-net.network.json');
  try {
    const { network } = await parseDescriptor(await readLocation(place), place, signer.verify.bind(signer));
    findings.push(fine('relay', 'descriptor', `network ${network.name}, ${network.net.slice(0, 8)}…`));
    return [...findings, ...(await meet(relay, network, signer, origin))];
  } catch (error) {
    return [...findings, bad('relay', 'descriptor', reason(error), 'Name the descriptor that the founder signed with --network: a stock relay serves none.')];
  }
}

/** Over HTTP. A stock relay may have nothing to say there, so that silence proves nothing. */
async function knock(relay: string): Promise<Finding[]> {
  const before = Date.now();
  try {
    const { status, headers } = await fetch(relayFile(relay, '/healthz'), { signal: AbortSignal.timeout(HEALTH_MS_MAX), cache: 'no-store' });
    const reachable = fine('relay', 'reachable', `${relay} answers${status === 200 ? '' : `, though not as a relay of ours (${status})`}`);
    return [reachable, ...clockFindings(clockLead(headers.get('date'), { before, after: Date.now() }))];
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') return [fine('relay', 'reachable', `${relay} says nothing over HTTP`)];
    return [bad('relay', 'reachable', `${relay}: ${reason(error)}`, 'Start the relay, and check its address, its port, and the proxy and firewall in front of it.')];
  }
}

function clockFindings(lead: number | undefined): Finding[] {
  if (lead === undefined) return [];
  if (Math.abs(lead) <= CLOCK_MS_MAX) return [fine('relay', 'clock', `within ${CLOCK_MS_MAX / 1_000} s of the relay's`)];
  return [bad('relay', 'clock', `${Math.round(Math.abs(lead) / 1_000)} s ${lead > 0 ? 'ahead of' : 'behind'} the relay's`, 'Have the clocks of both machines set automatically.')];
}

interface Meeting {
  readonly mode?: LinkMode;
  /** Why there is no link. */
  readonly refused?: string;
  readonly isWelcome: boolean;
}

async function meet(relay: string, network: Network, signer: Signer, origin: string | undefined): Promise<Finding[]> {
  const { mode, refused, isWelcome } = await hello(relay, network, signer, origin);
  const site = origin === undefined ? [] : [refused?.includes('origin-not-allowed')
    ? bad('relay', 'origin', `${origin} is not allowed`, `Start the relay with --allow-origin ${origin}, beside those it has.`)
    : fine('relay', 'origin', `${origin} is allowed`)];
  if (!mode) return refused?.includes('origin-not-allowed') ? site : [...site, bad('relay', 'link', refused ?? 'no link came about', 'Let the proxy in front pass WebSocket upgrades, and check that the descriptor belongs to this relay.')];
  const link = fine('relay', 'link', mode === 'direct' ? 'direct: a relay of ours' : 'mailbox: a stock GUN relay, which is slower');
  const witness = isWelcome
    ? fine('relay', 'witness', 'it welcomes newcomers')
    : bad('relay', 'witness', `none of ${network.witnesses.length} answered within ${ANSWER_MS_MAX / 1_000} s`, 'Start the witness that the descriptor names: edge-net relay with the same --data, or edge-net witness.');
  return [...site, link, witness];
}

/** Comes as a page of that origin would. */
function hello(relay: string, network: Network, signer: Signer, origin: string | undefined): Promise<Meeting> {
  class OfPage extends WebSocket {
    constructor(url: string) {
      super(url, origin === undefined ? {} : { origin });
    }
  }
  const transport = createGunTransport({ relays: [relay], network, signer, guard: createGuard(network, signer), clock: systemClock, random: systemRandom, WebSocket: OfPage as unknown as typeof globalThis.WebSocket });
  const session = toBase64url(systemRandom.bytes(SESSION_BYTES));
  return new Promise<Meeting>((resolve) => {
    let mode: LinkMode | undefined;
    let refused: string | undefined;
    let again: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => settle(false), ANSWER_MS_MAX);
    const greet = (): void => network.witnesses.forEach(({ node }) => transport.send(node, { t: 'hello', session, head: null, digest: [] }));
    const settle = (isWelcome: boolean): void => {
      clearTimeout(timer);
      clearInterval(again);
      void transport.close().then(() => resolve({ ...(mode ? { mode } : {}), ...(refused ? { refused } : {}), isWelcome }));
    };
    transport.open({
      linkUp(found) {
        mode = found;
        greet();
        again ??= setInterval(greet, HELLO_AGAIN_MS);
      },
      linkDown(code, message) {
        refused = message;
        if (code === 'relay-rejected') settle(false);
      },
      message(from, { t }) {
        if (t === 'welcome' && network.witnesses.some(({ node }) => node === from)) settle(true);
      },
      graph: () => undefined,
      gone: () => undefined,
    });
  });
}
