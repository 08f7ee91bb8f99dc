/** Remembers the last ids, so that what arrives twice is handled once. Bounded: the oldest are forgotten first. */
export class SeenSet {
  readonly #ids = new Set<string>();

  constructor(private readonly max: number) {}

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** False if it was there already. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > this.max) for (const oldest of this.#ids) return this.#ids.delete(oldest);
    return true;
  }
}
