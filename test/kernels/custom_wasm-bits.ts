/**
 * Calls exported WebAssembly functions bit by bit: vectors cannot pass through JavaScript at all, and the payloads of
 * NaNs not unharmed. A small module made for each signature passes arguments and results through its memory.
 */
import type { FunctionType } from '../../src/kernels/custom_wasm/meter/types.js';
import { Writer } from '../../src/kernels/custom_wasm/meter/writer.js';

const SLOT_BYTES = 16;
const ADDRESS = [0x41, 0x00];
/** Instructions by type: load and store, each with its alignment. */
const ACCESS: ReadonlyMap<number, { readonly letter: string; readonly bytes: number; readonly load: readonly number[]; readonly store: readonly number[] }> = new Map([
  [0x7f, { letter: 'i', bytes: 4, load: [0x28, 0], store: [0x36, 0] }],
  [0x7e, { letter: 'l', bytes: 8, load: [0x29, 0], store: [0x37, 0] }],
  [0x7d, { letter: 'f', bytes: 4, load: [0x2a, 0], store: [0x38, 0] }],
  [0x7c, { letter: 'd', bytes: 8, load: [0x2b, 0], store: [0x39, 0] }],
  [0x7b, { letter: 'v', bytes: 16, load: [0xfd, 0, 0], store: [0xfd, 11, 0] }],
]);

/** A type's letter and the bytes in hexadecimal, in memory order. */
export type Bits = string;
export type Call = (args: readonly Bits[]) => Bits[];

const adapters = new Map<string, WebAssembly.Module>();

/** The function, taking and giving bits. */
export function bitwise(target: unknown, type: FunctionType): Call {
  const key = `${type.params}>${type.results}`;
  const module = adapters.get(key) ?? new WebAssembly.Module(adapter(type) as BufferSource);
  adapters.set(key, module);
  const { exports } = new WebAssembly.Instance(module, { t: { f: target as WebAssembly.ImportValue } });
  const memory = new Uint8Array((exports['m'] as WebAssembly.Memory).buffer);
  const run = exports['r'] as () => void;
  return (args) => {
    args.forEach((bits, i) => memory.set(fromHex(bits.slice(1)), i * SLOT_BYTES));
    run();
    return type.results.map((result, i) => {
      const { letter, bytes } = ACCESS.get(result)!;
      return letter + toHex(memory.subarray(i * SLOT_BYTES, i * SLOT_BYTES + bytes));
    });
  };
}

function adapter({ params, results }: FunctionType): Uint8Array {
  const body = new Writer().u32(results.length);
  for (const result of results) body.u32(1).bytes(result);
  params.forEach((param, i) => body.bytes(...ADDRESS, ...ACCESS.get(param)!.load).u32(i * SLOT_BYTES));
  body.bytes(0x10, 0);
  for (let i = results.length - 1; i >= 0; i--) body.bytes(0x21).u32(i);
  results.forEach((result, i) => body.bytes(...ADDRESS, 0x20).u32(i).bytes(...ACCESS.get(result)!.store).u32(i * SLOT_BYTES));
  body.bytes(0x0b);

  const out = new Writer().bytes(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const section = (id: number, part: Writer): void => void out.bytes(id).sized(part.view);
  section(1, new Writer().bytes(2, 0x60).u32(params.length).bytes(...params).u32(results.length).bytes(...results).bytes(0x60, 0, 0));
  section(2, new Writer().bytes(1).name('t').name('f').bytes(0, 0));
  section(3, new Writer().bytes(1, 1));
  section(5, new Writer().bytes(1, 0, 1));
  section(7, new Writer().bytes(2).name('m').bytes(2, 0).name('r').bytes(0, 1));
  section(10, new Writer().bytes(1).sized(body.view));
  return out.view.slice();
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += (byte + 0x100).toString(16).slice(1);
  return hex;
}
