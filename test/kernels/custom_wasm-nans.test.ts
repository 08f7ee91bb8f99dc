import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { diceOf } from '../fuzz/mutations.js';
import { guest, run } from './custom_wasm-context.js';
import { MEMORY_BYTES, program } from './custom_wasm-nans.js';
import { runPlain } from './custom_wasm-reference.js';

/** Bytes that are read as floats: every other word is a NaN of some kind, or infinite. */
function contents(seed: number): string {
  const dice = diceOf(seed);
  return Array.from({ length: 64 }, () => [dice(256), dice(256), dice(2) ? dice(256) : 0x80 + dice(128), dice(2) ? dice(256) : 0x7f + dice(2) * 0x80])
    .flat()
    .map((byte) => `\\${byte.toString(16).padStart(2, '0')}`)
    .join('');
}

describe('custom_wasm: NaNs', () => {
  it('are what they are where each is made canonical on the spot, in random programs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const { plain, canonical } = program(diceOf(seed));
        const around = `(data (i32.const ${MEMORY_BYTES}) "${contents(seed)}")`;
        const { output } = await run({ module: guest(plain, { around }), input: [] });
        assert.deepEqual(output, runPlain(guest(canonical, { around }), new Uint8Array()));
      }),
      { numRuns: 300 },
    );
  });
});
