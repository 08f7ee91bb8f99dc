/** The readable log: what ran on this machine for others, and what was bought. Payloads are not kept. */
import type { HistoryEntry } from '../api.js';
import type { Ledger } from '../core/ledger/ledger.js';
import { isObject, parseJson } from '../core/ledger/shape.js';
import type { Storage } from '../ports/storage.js';

const KEY = 'host/history';
const ENTRIES_MAX = 500;

/** What is known from the first; the rest comes as the task goes on. */
export type Noted = Pick<HistoryEntry, 'taskId' | 'kind' | 'role' | 'parties' | 'busyMs' | 'credits' | 'outcome'> & Partial<HistoryEntry>;

/** Entries of earlier versions lack these, too. */
const NOTHING_KNOWN = { items: 0, bytes: 0, digest: '', certificate: null, latencyMs: 0 } as const;

export class History {
  readonly #entries = new Map<string, HistoryEntry>();
  /** Noted in this engine's life: what an earlier one left under way will hear of no end. */
  readonly #ours = new Set<string>();
  #writing: Promise<void> = Promise.resolve();
  #due: Promise<void> | undefined;

  constructor(private readonly storage: Storage) {}

  async load(): Promise<void> {
    const text = await this.storage.get(KEY);
    const entries = typeof text === 'string' ? parseJson(text) : undefined;
    if (!Array.isArray(entries)) return; // nothing yet, or damaged: a log is no reason not to start
    for (const entry of entries.filter(isObject) as unknown as HistoryEntry[]) this.#entries.set(keyOf(entry), { ...NOTHING_KNOWN, ...entry });
  }

  /** Adds an entry, or brings the one of the same task and role up to date. @returns it as it is now */
  note(noted: Noted, now: number): HistoryEntry {
    const before = this.#entries.get(keyOf(noted));
    // Of a task of an earlier life, whoever notes its end may not know what kind it was.
    const entry: HistoryEntry = { at: now, ...NOTHING_KNOWN, ...before, ...noted, kind: noted.kind || (before?.kind ?? '') };
    this.#entries.set(keyOf(entry), entry);
    this.#ours.add(keyOf(entry));
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= ENTRIES_MAX) break;
      this.#entries.delete(oldest);
      this.#ours.delete(oldest);
    }
    // A log that cannot be written is no reason to fail a task; the ledger tells the storage's troubles.
    if (entry.outcome !== 'running') void this.#keep().catch(() => undefined);
    return entry;
  }

  /**
   * Deletes what is over. A task under way stays: what comes of it would bring it back, without its beginning.
   * @throws what the storage throws: who has asked for this must know that it did not take place
   */
  clear(): Promise<void> {
    for (const [key, { outcome }] of this.#entries) if (outcome !== 'running' || !this.#ours.has(key)) this.#entries.delete(key);
    return this.#keep();
  }

  /** All of it is written at once: what is noted while a write has yet to begin goes with that one. */
  #keep(): Promise<void> {
    if (this.#due) return this.#due;
    const written = this.#writing.then(() => {
      this.#due = undefined;
      return this.storage.write([[KEY, JSON.stringify([...this.#entries.values()])]]);
    });
    this.#due = written;
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /**
   * Newest first.
   * @param certificate what proves an escrow by now: a settlement often comes after the result
   */
  list(certificate: (escrow: string) => HistoryEntry['certificate'] = () => null): HistoryEntry[] {
    return [...this.#entries.values()].map((entry) => {
      const known = entry.certificate;
      return known && known.settlement === '' ? { ...entry, certificate: certificate(known.escrow) ?? known } : entry;
    }).reverse();
  }

  /** Resolves when all that was noted is stored. */
  async flush(): Promise<void> {
    await this.#writing;
  }
}

/** The records that prove a task, as far as this replica has them; null without the escrow. */
export function certificateOf(ledger: Ledger, escrow: string): HistoryEntry['certificate'] {
  const ordered = ledger.get(escrow);
  if (!ordered) return null;
  const settled = ledger.settlementOf(escrow);
  return { escrow, settlement: settled?.record.id ?? '', witnesses: (settled ?? ordered).certified.c.sigs.map(({ by }) => by) };
}

function keyOf({ taskId, role }: Pick<HistoryEntry, 'taskId' | 'role'>): string {
  return `${role}/${taskId}`;
}
