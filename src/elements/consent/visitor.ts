/**
 * What the visitor decided: contribute or not, and until when to pause. Kept in memory, and in localStorage only
 * once there is an answer to keep. A page that may not use its storage still works, it only forgets.
 */
const KEY = 'edge-net.visitor';
const DAY_MS = 86_400_000;
/** Until the visitor says otherwise; of an answer, as long as the page lives. JSON has no infinity. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

export type Answer = 'granted' | 'denied';

/** What the visitor wants of every node on the site. */
export interface Wish {
  /** Epoch milliseconds. */
  readonly pausedUntil?: number | undefined;
  /** Share of the processor, whatever the site asks for. */
  readonly cpuLimit?: number | undefined;
}

interface Memory extends Wish {
  readonly answer?: Answer | undefined;
  readonly answerUntil?: number | undefined;
}

export class Visitor {
  #now: () => number;
  #memory: Memory;
  #remembered: boolean;
  #listeners = new Set<() => void>();

  constructor(now: () => number) {
    this.#now = now;
    this.#memory = recall();
    this.#remembered = this.answer !== undefined;
    // Said in another tab of the site, it holds in this one as well.
    window.addEventListener('storage', ({ key, newValue }) => {
      if (key !== KEY || newValue === null) return;
      const heard = recall();
      this.#memory = heard.answer ? heard : { ...this.#memory, pausedUntil: heard.pausedUntil, cpuLimit: heard.cpuLimit };
      this.#changed();
    });
  }

  get answer(): Answer | undefined {
    const { answer, answerUntil = 0 } = this.#memory;
    return answerUntil > this.#now() ? answer : undefined;
  }

  /** Whether the answer comes from an earlier page. */
  get remembered(): boolean {
    return this.#remembered;
  }

  get pausedUntil(): number {
    return this.#memory.pausedUntil ?? 0;
  }

  /** @param days 0 keeps the answer for this page alone */
  decide(answer: Answer, days: number): void {
    this.#remembered = false;
    this.#memory = { ...this.#memory, answer, answerUntil: days > 0 ? this.#now() + days * DAY_MS : FOREVER };
    if (days > 0) this.#keep();
    this.#changed();
  }

  get cpuLimit(): number | undefined {
    return this.#memory.cpuLimit;
  }

  /** @param lasts on later pages too */
  wish(wish: Wish, lasts: boolean): void {
    this.#memory = { ...this.#memory, ...wish };
    if (lasts) this.#keep();
    this.#changed();
  }

  /** Nothing is left on the machine; the page itself takes it as a no, so that it does not ask again at once. */
  forget(): void {
    this.#memory = { answer: 'denied', answerUntil: FOREVER };
    try {
      localStorage.removeItem(KEY);
    } catch {}
    this.#changed();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #keep(): void {
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...this.#memory, ...(this.#memory.answerUntil === FOREVER && { answer: undefined }) }));
    } catch {}
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Whoever can write to the page's storage can write nonsense: what does not fit is not an answer. */
function recall(): Memory {
  try {
    const { answer, answerUntil, pausedUntil, cpuLimit } = JSON.parse(stored() ?? '{}') as Record<keyof Memory, unknown>;
    return {
      answer: answer === 'granted' || answer === 'denied' ? answer : undefined,
      answerUntil: Number(answerUntil) || 0,
      pausedUntil: Number(pausedUntil) || 0,
      cpuLimit: Number(cpuLimit) > 0 ? Math.min(1, Number(cpuLimit)) : undefined,
    };
  } catch {
    return {};
  }
}
