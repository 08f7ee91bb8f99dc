/** Every error carries a link into docs/errors.md: the page answers all of them, and nothing else. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { ERROR_CODES } from '../../src/engine/core/code.js';

test('docs/errors.md explains each code of the closed list once', async () => {
  const text = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const explained = [...text.matchAll(/^### (.+)$/gmu)].map(([, code]) => code!);
  assert.deepEqual(explained.sort(), [...ERROR_CODES].sort());
});
