/** The headers of docs/csp.md, as they are written there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './harness.js';

/** In place of the documentation's nonce. */
export const NONCE = 'cmFuZG9t';

/** @returns each header by the heading above it, with the origins of a test in place of its examples */
export async function documentedHeaders(cdnOrigin: string, relay: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(ROOT, 'docs/csp.md'), 'utf8');
  const blocks = [...text.matchAll(/^## ([^\n]+)\n(?:(?!^## )[^])*?```http\nContent-Security-Policy: ([^`]+?)\n```/gmu)];
  const { host } = new URL(relay);
  return new Map(blocks.map(([, heading, policy]) => [heading!, policy!
    .replaceAll(/\s*\n\s*/gu, ' ').replaceAll('https://cdn.jsdelivr.net', cdnOrigin).replaceAll('https://relay.example', `http://${host}`).replaceAll('wss://relay.example', `ws://${host}`).replaceAll('nonce-RANDOM', `nonce-${NONCE}`)]));
}
