/** What a command prints: people read stderr, programs read the one JSON object on stdout's last line. */
import { EdgeNetError } from '../../engine/error.js';

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Typed arrays of bytes become base64 strings, of numbers become arrays. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, (_, field: unknown) => {
    if (field instanceof Uint8Array) return Buffer.from(field).toString('base64');
    return ArrayBuffer.isView(field) && !(field instanceof DataView) ? Array.from(field as Float32Array) : field;
  })}\n`);
}

/** Ends the process with the error's own words; a defect keeps its stack. */
export function fail(error: unknown, json: boolean): never {
  const known = error instanceof EdgeNetError || typeof (error as { code?: unknown }).code === 'string';
  const { code = 'unsupported', message, docs, retryable } = error as Partial<EdgeNetError>;
  say(known ? `edge-net: ${code}: ${message}` : `edge-net: ${error instanceof Error ? error.stack : String(error)}`);
  if (json) printJson({ error: { code, message, ...(docs === undefined ? {} : { docs, retryable }) } });
  process.exit(1);
}

export function shortId(id: string): string {
  return id === 'local' ? id : `${id.slice(0, 8)}…`;
}

/** Resolves on Ctrl-C, on a polite kill, or when the parent that holds our stdin goes away. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    if (process.send) process.once('disconnect', () => resolve());
  });
}


/** @throws EdgeNetError `config-invalid` that names the option */
export function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new EdgeNetError('config-invalid', `${option} "${text}" is no number.`);
  return value;
}
