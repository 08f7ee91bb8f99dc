/**
 * The operand stack, followed instruction by instruction: how high it gets, and which of its values are NaNs whose
 * bits still have to be settled. In code that is never reached the stack is whatever is asked of it.
 */
import { KernelError } from '../../kernel.js';
import { STACK_BYTES_MAX } from './limits.js';

/** More would not fit into the guest's stack: the function could never be entered. */
const HEIGHT_MAX = STACK_BYTES_MAX / 8;

/** Mark of an operand that is certainly no NaN. */
export const NUMBER = -1;

export class Operands {
  /** For each operand the number of the result it is, `NUMBER`, or 0 for whatever else. */
  #marks = new Int32Array(16);
  #height = 0;
  /** Operands below belong to the blocks around. */
  #base = 0;
  heightMax = 0;

  push(mark = 0): void {
    if (this.#height === this.#marks.length) {
      if (this.#height >= HEIGHT_MAX) throw new KernelError('bad-input', `\`module\` has a function that keeps over ${HEIGHT_MAX} values at once: split it.`);
      const grown = new Int32Array(this.#height * 2);
      grown.set(this.#marks);
      this.#marks = grown;
    }
    this.#marks[this.#height++] = mark;
    if (this.#height > this.heightMax) this.heightMax = this.#height;
  }

  pushAll(count: number): void {
    for (let i = 0; i < count; i++) this.push();
  }

  /** The mark of the topmost operand, which it takes. */
  pop(): number {
    return this.#height > this.#base ? this.#marks[--this.#height]! : 0;
  }

  popAll(count: number): void {
    for (let i = 0; i < count; i++) this.pop();
  }

  /** A block begins with what is on the stack now; the base before it is returned. */
  enter(): number {
    const before = this.#base;
    this.#base = this.#height;
    return before;
  }

  /** Whatever the block has left is gone. */
  reset(): void {
    this.#height = this.#base;
  }

  leave(base: number): void {
    this.reset();
    this.#base = base;
  }
}
