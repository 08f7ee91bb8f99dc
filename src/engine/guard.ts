/**
 * The guard of the graph, the same on relay, witness and peer: GUN lets anybody write anything, so a value is
 * believed only where its own bytes prove it. Its soul and key follow from its content, hence a true value in
 * another place, under another author or in another hour is refused as well.
 */
import { sha256Id } from './core/encoding.js';
import { graphKey, guardChecks, parseCheckpoint, parseHeader, type GraphItem, type GraphKey } from './core/ledger/parse.js';
import type { Check } from './core/message.js';
import type { Network } from './core/network.js';
import type { Certified, Signed } from './core/record.js';
import type { Signer } from './ports/signer.js';
import type { GraphValue } from './ports/transport.js';

export const TOPICS = ['ledger', 'roster', 'checkpoint'] as const;
/** One text in the graph, in UTF-16 units. */
const TEXT_LENGTH_MAX = 64 << 10;
const VERIFIED_MAX = 20_000;

export interface Refused {
  /** What is wrong, for logs. */
  readonly fault: string;
}

export interface GraphEntry extends GraphKey {
  readonly text: string;
}

export interface Guard {
  /** The value that `text` holds, if it is genuine and belongs at this soul and key. Never rejects. */
  check(soul: string, key: string, text: string): Promise<GraphValue | Refused>;
  /** Where a value goes; undefined for one that no guard would let pass. Verifies no signature. */
  place(value: GraphValue): GraphEntry | undefined;
  /** The souls of one hour (`YYYYMMDDHH`), one for each topic. */
  souls(hour: string): string[];
}

export function createGuard(network: Network, signer: Pick<Signer, 'verify'>): Guard {
  const signatures = new VerifiedSignatures(signer);
  return {
    check: (soul, key, text) => guardGraphValue(network, signatures, soul, key, text),
    place(value) {
      const examined = examine(network, value);
      if ('fault' in examined) return undefined;
      const text = JSON.stringify(value.topic === 'ledger' ? value.record : value.signed);
      return text.length > TEXT_LENGTH_MAX ? undefined : { ...graphKey(network, examined.item), text };
    },
    souls: (hour) => TOPICS.map((topic) => `en1/${network.net}/${topic}/${hour}/0`),
  };
}

/**
 * Signatures being verified, and those that held. Many records share one certificate, and a value comes by message and by
 * graph at almost the same time: each signature is verified once.
 */
export class VerifiedSignatures {
  readonly #answers = new Map<string, Promise<boolean>>();

  constructor(private readonly signer: Pick<Signer, 'verify'>, private readonly max: number = VERIFIED_MAX) {}

  holds({ by, body, s }: Check): Promise<boolean> {
    const name = `${by} ${s} ${sha256Id(body)}`;
    const known = this.#answers.get(name);
    if (known) return known;
    const answer = this.signer.verify(by, body, s).catch(() => false);
    this.#answers.set(name, answer);
    // Forgeries are not worth remembering: there is no end of them.
    void answer.then((holds) => { if (!holds) this.#answers.delete(name); });
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.max) break;
      this.#answers.delete(oldest);
    }
    return answer;
  }
}

export async function guardGraphValue(
  network: Network,
  signatures: VerifiedSignatures,
  soul: string,
  key: string,
  text: string,
): Promise<GraphValue | Refused> {
  const value = readValue(network, soul, text);
  if ('fault' in value) return value;
  const examined = examine(network, value);
  if ('fault' in examined) return examined;
  const place = graphKey(network, examined.item);
  if (place.soul !== soul || place.key !== key) return { fault: 'The value belongs elsewhere in the graph.' };
  const held = await Promise.all(examined.checks.map((check) => signatures.holds(check)));
  return held.every(Boolean) ? value : { fault: 'A signature does not hold.' };
}

function readValue({ net }: Network, soul: string, text: string): GraphValue | Refused {
  const [prefix, network, topic] = soul.split('/');
  if (prefix !== 'en1' || network !== net) return { fault: 'The soul belongs to another network.' };
  if (text.length > TEXT_LENGTH_MAX) return { fault: 'The value is too long.' };
  const content = parseCanonical(text);
  if (content === undefined) return { fault: 'The value is no JSON, or spelled in an unusual way.' };
  switch (topic) {
    case 'ledger':
      return { topic, record: content as Certified };
    case 'roster':
    case 'checkpoint':
      return { topic, signed: content as Signed };
    default:
      return { fault: 'The soul is of no known topic.' };
  }
}

/** One spelling only: otherwise a true value could be sent round for ever in new clothes. */
function parseCanonical(text: string): unknown {
  try {
    const content: unknown = JSON.parse(text);
    return JSON.stringify(content) === text ? content : undefined;
  } catch {
    // No JSON, or nested too deeply to be written again.
    return undefined;
  }
}

/** Shapes and rules; the signatures are left to the caller. */
function examine(network: Network, value: GraphValue): { readonly item: GraphItem; readonly checks: readonly Check[] } | Refused {
  switch (value.topic) {
    case 'ledger': {
      const result = guardChecks(network, value.record);
      return result.ok ? { item: { topic: 'ledger', record: result.record, certified: value.record }, checks: result.checks } : { fault: result.message };
    }
    case 'roster': {
      const result = parseHeader(value.signed, network);
      return result.ok ? { item: { topic: 'roster', header: result.header, id: result.id }, checks: result.checks } : { fault: result.message };
    }
    case 'checkpoint': {
      const result = parseCheckpoint(value.signed, network);
      return result.ok ? { item: { topic: 'checkpoint', checkpoint: result.checkpoint, id: result.id, by: result.by }, checks: result.checks } : { fault: result.message };
    }
  }
}
