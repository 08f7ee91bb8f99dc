/** How a test process tells scripts/test.mjs what it counted: by a line of its own. */
export const countsLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;

const COUNTS = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gmu;

/** @returns {{passed: number, failed: number, skipped: number} | undefined} the last counts in a process's output */
export function readCounts(output) {
  const last = [...output.matchAll(COUNTS)].at(-1);
  return last && { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) };
}
