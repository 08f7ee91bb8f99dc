/** How a contributing page behaves, as its own node reports it. */
import type { Page } from 'puppeteer-core';
import type { NodeState } from '../../src/engine/api.js';

type NodeElement = HTMLElement & { readonly state: NodeState; pause(): void };

export const guestUrl = (site: string, values: Readonly<Record<string, string>> = {}): string =>
  `${site}guest.html?${new URLSearchParams({ limit: '0.5', idle: '1', bandwidth: '100MB', ...values }).toString()}`;

/** Makes it a page that counts as the one in front, which several at once cannot be. */
export async function focus(page: Page): Promise<void> {
  const session = await page.createCDPSession();
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: true });
}

/**
 * The share of time that a page with one worker computes for others, from the ends of its tasks: the first after now and
 * the last before the time is over, so that no part of a task is missing.
 */
export function reportedDuty(page: Page, watchMs: number): Promise<number> {
  return page.evaluate((ms: number) => new Promise<number>((resolve) => {
    const node = document.querySelector('edge-net-node') as NodeElement;
    const ends: { readonly at: number; readonly cpuMs: number }[] = [];
    const look = (): void => {
      const { cpuMs } = node.state.stats;
      const last = ends.at(-1);
      const at = performance.now();
      if (cpuMs !== (last?.cpuMs ?? first)) ends.push({ at, cpuMs });
      const [begin, end] = [ends[0], ends.at(-1)];
      if (!begin || !end || end.at - begin.at < ms) return;
      node.removeEventListener('edge-net-state', look);
      resolve((end.cpuMs - begin.cpuMs) / (end.at - begin.at));
    };
    const first = node.state.stats.cpuMs;
    node.addEventListener('edge-net-state', look);
  }), watchMs);
}

export interface Stop {
  /** From `pause()` to the engine's word that nothing runs. */
  readonly stoppedMs: number;
  /** Whether that came before a timer of the page that was set for so long. */
  readonly inTime: boolean;
}

/** Pauses a page that works, and waits until its engine says that nothing runs any more. */
export function pauseWorking(page: Page, withinMs: number): Promise<Stop> {
  return page.evaluate((ms: number) => new Promise<Stop>((resolve) => {
    const node = document.querySelector('edge-net-node') as NodeElement;
    let late = false;
    let pausedAt: number | undefined;
    const look = (): void => {
      const { status } = node.state;
      if (pausedAt === undefined) {
        if (status !== 'working') return;
        pausedAt = performance.now();
        setTimeout(() => (late = true), ms);
        node.pause();
      } else if (status === 'paused') {
        node.removeEventListener('edge-net-state', look);
        resolve({ stoppedMs: performance.now() - pausedAt, inTime: !late });
      }
    };
    node.addEventListener('edge-net-state', look);
    look();
  }), withinMs);
}
