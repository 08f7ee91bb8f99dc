/** A function's locals: the guest's own, and behind them the few that metering needs. */
import { within } from './limits.js';
import { Reader } from './reader.js';
import { readValueType, V128 } from './types.js';
import type { Writer } from './writer.js';

export interface Locals {
  /** Parameters and the guest's locals. */
  readonly count: number;
  /** One of them is a vector. */
  readonly wide: boolean;
  /** Type of one of the guest's locals, of none of the parameters. */
  type(index: number): number | undefined;
  /** The number of metering's own local of this type. */
  scratch(type: number): number;
  write(out: Writer): void;
}

/** How many locals a function declares, which takes it few bytes. */
export function countLocals(body: Reader): number {
  const reader = new Reader(body.bytes, body.at, body.end);
  let count = 0;
  for (let groups = reader.u32(); groups > 0; groups--) {
    count += reader.u32();
    readValueType(reader);
  }
  return count;
}

export function readLocals(reader: Reader, params: readonly number[]): Locals {
  const groups = within('locals of a function', reader.u32());
  const start = reader.at;
  let count = params.length;
  const types: number[] = [];
  for (let i = 0; i < groups; i++) {
    const size = reader.u32();
    count = within('locals of a function', count + size);
    const type = readValueType(reader);
    for (let j = 0; j < size; j++) types.push(type);
  }
  const own = reader.bytes.subarray(start, reader.at);
  const added: number[] = [];
  return {
    count,
    type: (index) => types[index - params.length],
    wide: params.includes(V128) || types.includes(V128),
    scratch(type) {
      const known = added.indexOf(type);
      return count + (known < 0 ? added.push(type) - 1 : known);
    },
    write(out) {
      out.u32(groups + added.length).append(own);
      for (const type of added) out.u32(1).bytes(type);
    },
  };
}
