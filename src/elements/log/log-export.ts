/** The log as a file: the fields of each entry by name, so that nothing else can ever get into it. */
import type { HistoryEntry } from '../../engine/index.js';

/** @param now epoch milliseconds */
export function exportText(entries: readonly HistoryEntry[], account: string, now: number): string {
  const tasks = entries.map(({ taskId, kind, role, parties, at, busyMs, latencyMs, credits, outcome, items, bytes, digest, certificate }) => ({
    taskId, kind, role, parties, at, busyMs, latencyMs, credits, outcome, items, bytes, digest,
    certificate: certificate && { escrow: certificate.escrow, settlement: certificate.settlement, witnesses: certificate.witnesses },
  }));
  return `${JSON.stringify({ exportedAt: new Date(now).toISOString(), account, tasks }, null, 2)}\n`;
}

export function exportName(now: number): string {
  return `edge-net-log-${new Date(now).toISOString().slice(0, 10)}.json`;
}

/** Hands text over as a download; nothing leaves the machine. */
export function download(content: BlobPart, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then, and the blob must not outlive it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
