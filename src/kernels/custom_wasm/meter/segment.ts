/**
 * Rewritten code of one basic block, kept until its cost is known. Results whose NaN bits are open are marked; one
 * that is only ever read as a number needs no settling, so that is decided when the block ends.
 */
import type { Reader } from './reader.js';
import { NO_FLOAT, type Float } from './opcodes.js';
import { Writer } from './writer.js';

interface Result {
  /** Where in the segment it is on top of the operand stack. */
  readonly at: number;
  readonly float: Exclude<Float, typeof NO_FLOAT>;
  observed: boolean;
}

export class Segment {
  cost = 0;
  readonly #code = new Writer();
  #results: Result[] = [];
  /** Mark of the first result; marks of earlier segments are lower. */
  #firstMark = 1;
  /** Instructions not yet copied, which stay as they are. */
  #copyFrom: number;

  constructor(private readonly source: Reader) {
    this.#copyFrom = source.at;
  }

  /** For code in place of the instruction that was read last and began at `from`. */
  replace(from: number): Writer {
    this.#code.append(this.source.bytes.subarray(this.#copyFrom, from));
    this.#copyFrom = this.source.at;
    return this.#code;
  }

  /** For code before the instruction that began at `from`. */
  before(from: number): Writer {
    this.replace(from);
    this.#copyFrom = from;
    return this.#code;
  }

  /** Marks the result of the instruction that was read last. */
  mark(float: Exclude<Float, typeof NO_FLOAT>): number {
    this.#results.push({ at: this.#code.length + this.source.at - this.#copyFrom, float, observed: true });
    return this.#firstMark + this.#results.length - 1;
  }

  /** The marked operand was read as a number of this type. */
  readAs(mark: number, float: Float): void {
    const result = this.#results[mark - this.#firstMark];
    if (result?.float === float) result.observed = false;
  }

  /** The type of the marked result while its bits are open. */
  floatOf(mark: number): Float {
    return this.#results[mark - this.#firstMark]?.float ?? NO_FLOAT;
  }

  /** The mark is of an earlier segment, whose results were settled when it ended. */
  isSettled(mark: number): boolean {
    return mark > 0 && mark < this.#firstMark;
  }

  /** Ends the segment: writes its code with NaNs settled by `settle`, and begins the next. */
  close(out: Writer, settle: (float: Exclude<Float, typeof NO_FLOAT>) => void): void {
    const code = this.replace(this.source.at).view;
    let from = 0;
    for (const { at, float, observed } of this.#results) {
      if (!observed) continue;
      out.append(code.subarray(from, at));
      settle(float);
      from = at;
    }
    out.append(code.subarray(from));
    this.#firstMark += this.#results.length;
    this.#results = [];
    this.#code.clear();
    this.cost = 0;
  }
}
