import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenReferences } from '../../scripts/check-docs.mjs';

const here = new Set(['docs/a.md', 'src/engine', 'src/engine/index.ts']);
const tree = { exists: (path: string) => here.has(path), scripts: new Set(['start', 'size']) };
const broken = (text: string): string[] => brokenReferences('docs/b.md', text, tree);

test('what is there is no offence', () => {
  assert.deepEqual(broken('[a](a.md#part) [there](https://example.org/x) [top](#top) `src/engine/index.ts` `src/kernels/<kind>/` `npm run size` npm start'), []);
});

test('a link, a path and a command that lead nowhere are named with their line', () => {
  assert.deepEqual(broken('fine\n[b](../c.md) and `src/gone.ts`\n`npm run fly`, npm test'), [
    'docs/b.md:2 ../c.md does not exist',
    'docs/b.md:2 src/gone.ts does not exist',
    'docs/b.md:3 npm run fly does not exist',
    'docs/b.md:3 npm run test does not exist',
  ]);
});
