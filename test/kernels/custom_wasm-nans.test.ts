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

  it('of one width leave lanes of the other alone, also behind a jump', async () => {
    // Two numbers, each of whose halves would be NaNs.
    const module = guest(`(local $v v128)
      (f64x2.add (v128.const i64x2 0x3ff000007fc00001 0x3ff00000ffffffff) (v128.const i64x2 0 0))
      (block $b (br_if $b (local.get $length)))
      (local.set $v) (v128.store (i32.const 16) (local.get $v)) (i64.const 0x0000001000000010)`);
    const { output } = await run({ module, input: [] });
    assert.deepEqual(output, runPlain(module, new Uint8Array()));
  });
});
