/** Every package has a reason in docs/dependencies.md and one exact version. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
const packages = { ...dependencies, ...devDependencies };

test('each package has its line, and each line its package', () => {
  const lines = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| \S.{10,} \|$/gmu)].map(([, name]) => name!);
  assert.deepEqual(lines.toSorted(), Object.keys(packages).toSorted());
});

test('each version is exact', () => {
  const ranges = Object.entries(packages).filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/u.test(version));
  assert.deepEqual(ranges, []);
});
