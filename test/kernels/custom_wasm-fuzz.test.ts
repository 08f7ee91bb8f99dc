import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { corpus, fuzz } from '../fuzz/mutations.js';

describe('custom_wasm: damaged modules', () => {
  // 100,000 of them: node --import tsx test/fuzz/metering.ts
  it('are refused clearly, or metered into valid ones', () => {
    const { mutations, metered, refused, crashed, invalid, misjudged } = fuzz(corpus(), 3_000, 7, (module, error) => {
      throw new Error(`Crashed by ${Buffer.from(module).toString('base64')}`, { cause: error });
    });
    assert.deepEqual({ crashed, invalid, misjudged }, { crashed: 0, invalid: 0, misjudged: 0 });
    assert.equal(metered + refused, mutations);
    assert.ok(metered > 150 && refused > 400, `${metered} metered, ${refused} refused`);
  });
});
