/** What Linux counts of processes. https://man7.org/linux/man-pages/man5/proc.5.html */
import { readdir, readFile } from 'node:fs/promises';

/** A hundred ticks a second (`sysconf(_SC_CLK_TCK)`) on every Linux that Node runs on. */
const MS_PER_TICK = 10;
const BYTES_PER_KB = 1_024;

/** The process and all that descend from it. */
export async function familyOf(root: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name)).map(Number);
  const parents = new Map(await Promise.all(pids.map(async (pid) => [pid, Number((await statOf(pid))?.[1])] as const)));
  const family = [root];
  for (const member of family) family.push(...pids.filter((pid) => parents.get(pid) === member));
  return family;
}

/** Processor time of all of them since each started; those that are gone count nothing. */
export async function cpuMsOf(pids: readonly number[]): Promise<number> {
  const stats = await Promise.all(pids.map(statOf));
  return stats.reduce((sum, stat) => sum + (Number(stat?.[11] ?? 0) + Number(stat?.[12] ?? 0)) * MS_PER_TICK, 0);
}

/** Memory of all of them. What several processes share is counted once, in parts (the proportional set size). */
export async function memoryBytesOf(pids: readonly number[]): Promise<number> {
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')));
  return texts.reduce((sum, text) => sum + Number(/^Pss:\s+(\d+) kB/mu.exec(text)?.[1] ?? 0) * BYTES_PER_KB, 0);
}

/** The fields that follow the name, which may itself hold spaces: state, parent, … */
async function statOf(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}
