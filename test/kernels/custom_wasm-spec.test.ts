import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KernelError } from '../../src/kernels/kernel.js';
import { loadSpec, matches, moduleBytes, Pair, refusal, type Command, type Outcome, type SpecFile } from './custom_wasm-spec.js';

interface Tally {
  accepted: number;
  refused: Map<string, number>;
  asserted: number;
  passedOver: number;
  invalid: number;
}

const tally: Tally = { accepted: 0, refused: new Map(), asserted: 0, passedOver: 0, invalid: 0 };

function instantiate(bytes: Uint8Array): Pair | undefined {
  try {
    return Pair.of(bytes);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    tally.refused.set(error.message, (tally.refused.get(error.message) ?? 0) + 1);
    return undefined;
  }
}

function runFile({ modules, commands }: SpecFile): void {
  const pairs = new Map<number | string, Pair>();
  for (const command of commands) {
    if (command[0] === 'module') {
      const pair = instantiate(moduleBytes(modules[command[1]]!));
      if (!pair) continue;
      tally.accepted += 1;
      pairs.set(command[1], pair);
    } else if (command[0] === 'invalid') {
      tally.invalid += 1;
      assert.equal(refusal(moduleBytes(modules[command[1]]!))?.code, 'bad-input', `module ${command[1]}`);
    } else if (command[0] === 'uninstantiable') {
      const bytes = moduleBytes(modules[command[1]]!);
      if (!refusal(bytes)) assert.throws(() => Pair.of(bytes), WebAssembly.RuntimeError);
    } else {
      const pair = pairs.get(command[1]);
      if (pair) check(pair, command);
      else tally.passedOver += 1;
    }
  }
}

type Action = Exclude<Command, readonly ['module' | 'invalid' | 'uninstantiable', number]>;

function check(pair: Pair, command: Action): void {
  tally.asserted += 1;
  const what = command.slice(2, 4).join(' ');
  if (command[0] === 'get' || command[0] === 'global') {
    const [plain, metered] = pair.global(command[2]);
    assert.deepEqual(metered, plain, what);
    return;
  }
  const { plain, metered } = pair.run(command[2], command[3]);
  assert.equal(metered.t, plain.t, what);
  if (command[0] === 'trap') assert.equal(metered.t, 'trapped', what);
  if (command[0] === 'exhaustion') assert.equal(metered.t, 'exhausted', what);
  if (command[0] === 'return') assertReturned(metered, command[4], what);
}

function assertReturned(outcome: Outcome, expected: Extract<Command, readonly ['return', ...unknown[]]>[4], what: string): void {
  assert.ok(outcome.t === 'returned', `${what}: ${outcome.t}`);
  assert.equal(outcome.values.length, expected.length, what);
  outcome.values.forEach((bits, i) => assert.ok(matches(bits, expected[i]!), `${what}: ${bits}, expected ${String(expected[i])}`));
}

describe('custom_wasm: the core tests of the WebAssembly specification', () => {
  for (const file of loadSpec()) it(`behaves the same metered: ${file.name}`, () => runFile(file));

  it('takes the greater part of them', (test) => {
    const refused = [...tally.refused.values()].reduce((sum, count) => sum + count, 0);
    test.diagnostic(JSON.stringify({ ...tally, refused: Object.fromEntries(tally.refused) }));
    if (process.env['SPEC_TALLY']) console.log(JSON.stringify({ ...tally, refused: Object.fromEntries(tally.refused) }, null, 1));
    assert.ok(tally.asserted > 40_000, `${tally.asserted} assertions`);
    assert.ok(tally.accepted > 5 * refused, `${tally.accepted} accepted, ${refused} refused`);
  });
});
