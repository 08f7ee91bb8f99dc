/** Reporter for node:test: failures in full, then one line with the counts for scripts/test.mjs. */
import { inspect } from 'node:util';
import { countsLine } from './counts.mjs';

export default async function* nodeReporter(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const slow = [];
  const reasons = new Map();
  for await (const { type, data } of events) {
    if (type === 'test:stderr' || type === 'test:stdout') continue;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const isFile = data.nesting === 0 && data.file?.endsWith(data.name);
    if (data.details?.type === 'suite' || (isFile && type === 'test:pass')) continue;
    if (data.skip !== undefined) {
      counts.skipped += 1;
      if (typeof data.skip === 'string') reasons.set(data.skip, (reasons.get(data.skip) ?? 0) + 1);
    } else if (type === 'test:pass') {
      counts.passed += 1;
    } else {
      counts.failed += 1;
      const { error } = data.details;
      yield `\n✖ ${data.name}\n  ${data.file}:${data.line}\n  ${inspect(error?.cause ?? error, { depth: 4 }).replaceAll('\n', '\n  ')}\n`;
    }
    slow.push([data.details?.duration_ms ?? 0, data.name]);
  }
  slow.sort(([a], [b]) => b - a);
  yield `slowest: ${slow.slice(0, 5).map(([ms, name]) => `${name} ${Math.round(ms)} ms`).join(' · ')}\n`;
  for (const [reason, count] of reasons) yield `skipped ${count}: ${reason}\n`;
  yield `${countsLine(counts)}\n`;
}
