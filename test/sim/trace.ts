/** The trace of a run: one line a step, hashed as it is written. Same seed, same lines, same hash (I15). */
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64url } from '../../src/engine/core/encoding.js';
import type { Effect } from '../../src/engine/core/effect.js';
import type { Event } from '../../src/engine/core/event.js';
import type { Message } from '../../src/engine/core/message.js';
import type { Sighting } from './sighting.js';

export class Trace {
  readonly #hash = sha256.create();
  readonly #encoder = new TextEncoder();
  steps = 0;

  constructor(private readonly print?: (line: string) => void) {}

  see(sighting: Sighting, at: number): void {
    if (sighting.saw === 'sent' || sighting.saw === 'published' || sighting.saw === 'written' || sighting.saw === 'notice') return;
    const name = sighting.by.slice(0, 8);
    if (sighting.saw !== 'step') return this.#write(`${at} ${name} ${sighting.saw}`);
    this.steps += 1;
    this.#write(`${at} ${name} ${eventLine(sighting.event)} > ${sighting.effects.map(effectLine).join(', ')}`);
  }

  /** Of everything so far. */
  digest(): string {
    return toBase64url(this.#hash.clone().digest());
  }

  #write(line: string): void {
    this.#hash.update(this.#encoder.encode(`${line}\n`));
    this.print?.(line);
  }
}

function eventLine(event: Event): string {
  switch (event.on) {
    case 'message': return `message ${event.from.slice(0, 8)} ${messageLine(event.message)} ${event.attachment?.length ?? 0}`;
    case 'graph': return `graph ${event.value.topic} ${(event.value.topic === 'ledger' ? event.value.record : event.value.signed).s.slice(0, 8)}`;
    case 'gone': return `gone ${event.node.slice(0, 8)}`;
    case 'timer': return `timer ${event.name}`;
    case 'submit': return `submit ${event.request.task}`;
    case 'abort':
    case 'recall': return `${event.on} ${event.task}`;
    case 'contribute': return `contribute ${event.capacity}`;
    case 'signed': return `signed ${event.signed.s.slice(0, 8)}`;
    case 'ran': return `ran ${event.run} ${event.failure?.code ?? event.output?.length}`;
    case 'start': return `start ${event.store.length} ${event.vault.length}`;
    default: return event.on;
  }
}

function effectLine(effect: Effect): string {
  switch (effect.do) {
    case 'send': return `send ${effect.to.slice(0, 8)} ${messageLine(effect.message)} ${effect.attachment?.length ?? 0}`;
    case 'save': return `save ${effect.area} ${effect.writes.map(([key]) => key).join(' ')} [${effect.then.map(effectLine).join(', ')}]`;
    case 'timer': return `timer ${effect.name} ${effect.delayMs}`;
    case 'clear': return `clear ${effect.name}`;
    case 'notify': return `notify ${effect.notice.note}${'code' in effect.notice ? ` ${effect.notice.code}` : ''}`;
    case 'sign': return `sign ${effect.body.length}`;
    case 'run': return `run ${effect.run}`;
    default: return effect.do;
  }
}

function messageLine(message: Message): string {
  return 'escrow' in message ? `${message.t} ${message.escrow.slice(0, 8)}` : message.t;
}
