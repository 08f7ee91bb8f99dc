/** The blocks around the instruction that is being read, and what jumps out of them become. */
import { within } from './limits.js';
import { malformed } from './reader.js';

export interface Block {
  readonly kind: 'function' | 'block' | 'loop' | 'if' | 'else';
  readonly params: number;
  readonly results: number;
  /** Base of the operand stack outside. */
  readonly base: number;
}

interface Entered extends Block {
  /** Loops outside, itself included: each is written as two. */
  readonly loops: number;
  /** Something jumps to its end, so a basic block begins there. */
  joined: boolean;
}

export class Blocks {
  readonly #entered: Entered[] = [];

  get depth(): number {
    return this.#entered.length;
  }

  enter(block: Block): void {
    const loops = (this.#entered.at(-1)?.loops ?? 0) + (block.kind === 'loop' ? 1 : 0);
    within('nested blocks', this.#entered.push({ ...block, loops, joined: false }));
  }

  leave(): Block & { readonly joined: boolean } {
    return this.#entered.pop()!;
  }

  /** The first half of an `if` ends, and what jumped out of it jumps behind the second. */
  turn(): Block {
    const first = this.#entered.pop();
    if (first?.kind !== 'if') throw malformed();
    this.#entered.push({ ...first, kind: 'else' });
    return first;
  }

  /** Values that a jump so far out carries. */
  carried(depth: number): number {
    const { kind, params, results } = this.#target(depth);
    return kind === 'loop' ? params : results;
  }

  /** The label that a jump so far out is rewritten to. */
  label(depth: number): number {
    const target = this.#target(depth);
    if (target.kind !== 'loop') target.joined = true;
    return depth + this.#entered.at(-1)!.loops - target.loops;
  }

  #target(depth: number): Entered {
    const target = this.#entered[this.#entered.length - 1 - depth];
    if (!target) throw malformed();
    return target;
  }
}
