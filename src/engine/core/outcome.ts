/**
 * What a worker hands back: output bytes, or a failure that lies in the input itself. Both are canonical
 * bytes, so that workers which agree that an input is bad have equal digests and are paid (the minimum).
 *
 * Layout: one tag byte, 0 then the output, or 1 then UTF-8 JSON `[code, message]`.
 */
import { utf8 } from './encoding.js';
import type { EdgeNetErrorCode } from './code.js';

export type Outcome =
  | { readonly ok: true; readonly output: Uint8Array }
  | { readonly ok: false; readonly code: EdgeNetErrorCode; readonly message: string };

/** Failures that every worker finds alike; all others are the worker's own. */
const OF_THE_INPUT: ReadonlySet<string> = new Set<EdgeNetErrorCode>(['bad-input', 'payload-too-large', 'limit-exceeded']);

export function liesInTheInput(code: string): boolean {
  return OF_THE_INPUT.has(code);
}

export function encodeOutcome(outcome: Outcome): Uint8Array {
  const body = outcome.ok ? outcome.output : utf8(JSON.stringify([outcome.code, outcome.message]));
  const bytes = new Uint8Array(body.length + 1);
  bytes[0] = outcome.ok ? 0 : 1;
  bytes.set(body, 1);
  return bytes;
}

/** Undefined for bytes that no honest worker makes. */
export function decodeOutcome(bytes: Uint8Array): Outcome | undefined {
  if (bytes[0] === 0) return { ok: true, output: bytes.subarray(1) };
  if (bytes[0] !== 1) return undefined;
  try {
    const [code, message] = JSON.parse(new TextDecoder().decode(bytes.subarray(1))) as [EdgeNetErrorCode, string];
    return liesInTheInput(code) && typeof message === 'string' ? { ok: false, code, message } : undefined;
  } catch {
    return undefined;
  }
}
