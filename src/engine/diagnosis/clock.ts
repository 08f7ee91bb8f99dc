/** How far a clock may be off the network's before records arrive late and are refused. */
export const CLOCK_MS_MAX = 120_000;

/**
 * Milliseconds by which this machine is ahead of a server that answered with this `Date` header, whose seconds are whole.
 * @param asked before and after the request, of this machine's clock
 * @returns undefined where the header says no time
 */
export function clockLead(date: string | null, asked: { readonly before: number; readonly after: number }): number | undefined {
  const server = Date.parse(date ?? '');
  if (Number.isNaN(server)) return undefined;
  // Anywhere within its second, at any moment of the request: only what is certain counts.
  if (asked.after < server) return asked.after - server;
  return Math.max(0, asked.before - (server + 1_000));
}

/** The address of a file of a relay: by HTTP, from the server's root. */
export function relayFile(relay: string, path: string): string {
  return new URL(path, relay.replace(/^ws/iu, 'http')).href;
}
