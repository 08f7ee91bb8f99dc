/**
 * Meters damaged modules and prints what became of them as one JSON object; exits 1 if one crashed the rewriter.
 *
 *   node --import tsx test/fuzz/metering.ts [--mutations 100000] [--seed 1]
 */
import { parseArgs } from 'node:util';
import { corpus, fuzz } from './mutations.js';

const { values } = parseArgs({ options: { mutations: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } } });

const begun = performance.now();
const modules = corpus();
const counts = fuzz(modules, Number(values.mutations), Number(values.seed), (module, error) => {
  console.error(Buffer.from(module).toString('base64'), error);
});
console.log(JSON.stringify({ seed: Number(values.seed), modules: modules.length, ...counts, seconds: Math.round((performance.now() - begun) / 1000) }, null, 2));
if (counts.crashed + counts.invalid + counts.misjudged > 0) process.exitCode = 1;
