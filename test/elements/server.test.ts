/** A framework that renders on a server imports what its pages import. */
import assert from 'node:assert/strict';
import test from 'node:test';

test('the entry can be imported where there is no document', async () => {
  assert.equal('document' in globalThis, false);
  const entry = await import('../../src/elements/edge-net.js');
  assert.equal(typeof entry.default.init, 'function');
  await assert.rejects(entry.default.init(), { name: 'EdgeNetError', code: 'unsupported' });
  await assert.rejects(entry.default.submit({ type: 'embedding', payload: {} }), { code: 'not-initialised' });
});
