/** Embeddings by the content they are of. The least recently used go first. */
import { sha256 } from '../embedding/sha256.js';

export interface Embedded {
  /** Unit vector. */
  readonly vector: Float32Array;
  /** Tokens the model saw. */
  readonly tokens: number;
}

const utf8 = new TextEncoder();

export class VectorCache {
  /** In the order of use: a Map keeps the order in which its keys were set. */
  readonly #kept = new Map<string, Embedded>();
  readonly #countMax: number;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** What is kept for this text under this model, or else what `embed` makes of it. */
  async get(model: string, text: string, embed: () => Promise<Embedded>): Promise<Embedded> {
    // A digest, since a text may have kilobytes. No model's name has a line break.
    const key = await sha256(utf8.encode(`${model}\n${text}`));
    const embedded = this.#kept.get(key) ?? (await embed());
    this.#kept.delete(key);
    this.#kept.set(key, embedded);
    if (this.#kept.size > this.#countMax) this.#kept.delete(this.#kept.keys().next().value!);
    return embedded;
  }
}
