import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { KernelError } from '../../src/kernels/kernel.js';
import { kernel } from '../../src/kernels/custom_wasm/kernel.js';
import { fuelToStart, manifest } from '../../src/kernels/custom_wasm/manifest.js';
import { Writer } from '../../src/kernels/custom_wasm/meter/writer.js';
import { STEPS_PER_FUEL, Tank } from '../../src/kernels/custom_wasm/tank.js';
import { assemble, context, example, guest, run } from './custom_wasm-context.js';
import { FAILURE_FUEL, INPUTS, type Recorded } from './custom_wasm-recorded.js';
import { countWords, mandelbrot, runPlain } from './custom_wasm-reference.js';

const NOTHING = new Uint8Array();
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

async function failure(payload: unknown): Promise<KernelError> {
  return run(payload).then(
    () => assert.fail('It did not fail.'),
    (error: unknown) => {
      assert.ok(error instanceof KernelError, String(error));
      return error;
    },
  );
}

describe('custom_wasm: examples', () => {
  it('hashes in C', async () => {
    for (const input of [NOTHING, text('abc'), new Uint8Array(55), new Uint8Array(56), new Uint8Array(64), new Uint8Array(300_000).fill(7)]) {
      const { output } = await run({ module: example('c/sha256'), input });
      assert.equal(Buffer.from(output).toString('hex'), createHash('sha256').update(input).digest('hex'));
    }
  });

  it('sums up in WAT', async () => {
    for (const input of [NOTHING, text('123456789'), new Uint8Array(200_000).map((_, i) => i * 31)]) {
      const { output } = await run({ module: example('wat/crc32'), input });
      assert.equal(Buffer.from(output).readUInt32LE(), crc32(input));
    }
  });

  it('counts words in Rust', async () => {
    const input = 'Der Käse, der KÄSE; ein Huhn und ein Ei.\n数 and 数';
    const { output } = await run({ module: example('rust/word_count'), input: text(input) });
    assert.equal(new TextDecoder().decode(output), countWords(input));
  });

  it('iterates floats in AssemblyScript', async () => {
    const input = new Uint8Array(Uint32Array.of(60, 40, 200).buffer);
    const { output } = await run({ module: example('assemblyscript/mandelbrot'), input });
    assert.deepEqual(new Uint16Array(output.slice().buffer), mandelbrot(60, 40, 200));
  });

  it('does what the module does unmetered', async () => {
    for (const [name, input] of [['c/sha256', text('as it is')], ['wat/crc32', text('as it is')], ['rust/word_count', text('as it is, as is')]] as const) {
      const { output } = await run({ module: example(name), input });
      assert.deepEqual(output, runPlain(example(name), input), name);
    }
  });
});

describe('custom_wasm: fuel', () => {
  const cases = [
    ['c/sha256', new Uint8Array(100_000)],
    ['wat/crc32', new Uint8Array(100_000)],
    ['rust/word_count', text('one and two and three '.repeat(300))],
    ['assemblyscript/mandelbrot', new Uint8Array(Uint32Array.of(40, 30, 100).buffer)],
  ] as const;

  it('is a function of module and input, however the run is sliced', async () => {
    for (const [name, input] of cases) {
      const payload = { module: example(name), input };
      const whole = await run(payload);
      for (const sliceSteps of [1, 97, 10_000]) assert.deepEqual(await run(payload, {}, sliceSteps), whole, `${name} by ${sliceSteps}`);
    }
  });

  it('is what the table of costs says', async () => {
    // Seven instructions a round; one each for the loop, the result, and `alloc`'s.
    const module = guest('(loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4000000)))) (i64.const 0)');
    const { fuel } = await run({ module, input: NOTHING });
    assert.equal(fuel - fuelToStart({ module, input: NOTHING }), Math.ceil((7 * 4_000_000 + 3) / STEPS_PER_FUEL));
  });

  it('is charged for what calls, jumps and blocks carry, and for memory', async () => {
    const around = `(type $t (func (param i32 i32))) (table funcref (elem $two)) (func $two (type $t)) (func $one (result i32) (return (i32.const 1)))
      (func $wide (result ${'i32 '.repeat(20)}) ${'(i32.const 1) '.repeat(20)})`;
    const cases: readonly (readonly [steps: number, body: string])[] = [
      [2 + (8 + 2), '(call $two (i32.const 1) (i32.const 2))'],
      [3 + (16 + 2), '(call_indirect (type $t) (i32.const 1) (i32.const 2) (i32.const 0))'],
      [(8 + 1) + 1 + (1 + 1) + 1, '(drop (call $one))'],
      [(8 + 8 + 12 * 8) + 20 + 20, `(call $wide) ${'(drop) '.repeat(20)}`],
      [1 + 1 + (1 + 1) + 1, '(drop (block (result i32) (br 0 (i32.const 1))))'],
      [1 + 2 + (1 + 1) + 1, '(drop (block (result i32) (br_if 0 (i32.const 1) (i32.const 1))))'],
      [1 + 2 + (4 + 1) + 1, '(drop (block (result i32) (br_table 0 0 (i32.const 1) (i32.const 0))))'],
      [1 + (1 + 1) + 1 + 1, '(drop (if (result i32) (i32.const 1) (then (i32.const 2)) (else (i32.const 3))))'],
      [1 + 4 + 1, '(drop (i32.load (i32.const 0)))'],
      [1 + 1 + 4, '(i32.store8 (i32.const 0) (i32.const 1))'],
      [1 + 4 + 1, '(drop (v128.load (i32.const 0)))'],
      [1 + 1 + 4, '(v128.store (i32.const 0) (v128.const i32x4 0 0 0 0))'],
      [1 + (1 + 2) + 1, '(i32.const 1) (loop (param i32) (result i32)) (drop)'],
    ];
    for (const [steps, body] of cases) {
      const module = guest(`(loop $l ${body} (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${STEPS_PER_FUEL}))))(i64.const 0)`, { around });
      const { fuel } = await run({ module, input: NOTHING });
      assert.equal(fuel - fuelToStart({ module, input: NOTHING }), steps + 7 + 1, body);
    }
  });

  it('suffices exactly where it is what the run takes', async () => {
    for (const [name, input] of cases) {
      const payload = { module: example(name), input };
      const { fuel, output } = await run(payload);
      assert.deepEqual(await run({ ...payload, fuel }), { output, fuel }, name);
      assert.equal((await failure({ ...payload, fuel: fuel - 1 })).code, 'limit-exceeded', name);
      assert.equal((await failure({ ...payload, fuel: Math.floor((fuel + fuelToStart(payload)) / 2) })).code, 'limit-exceeded', name);
    }
  });

  it('is looked at in long functions too that call none', async () => {
    const long = `(func $long (param i32) (result i32) (local.get 0) ${'(i32.div_u (i32.const 3)) '.repeat(2_000)})`;
    const module = guest(`${'(drop (call $long (local.get $i))) '.repeat(1_000)} (i64.const 0)`, { around: long });
    let breaths = 0;
    const breatheSync = (): void => void breaths++;
    await run({ module, input: NOTHING }, { breatheSync }, 100_000);
    // 34,000 steps a call: each third ends a slice.
    assert.ok(breaths > 300, `${breaths}`);
  });

  it('grows with the work', async () => {
    const module = example('wat/crc32');
    await fc.assert(
      fc.asyncProperty(fc.nat(20_000), fc.nat(20_000), async (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const [first, second] = [await run({ module, input: new Uint8Array(less) }), await run({ module, input: new Uint8Array(more) })];
        assert.ok(first.fuel <= second.fuel);
        assert.deepEqual(await run({ module, input: new Uint8Array(less) }), first);
      }),
      { numRuns: 20 },
    );
  });

  it('is charged for bulk instructions by their length, and for memory by the page', async () => {
    const fill = (bytes: number): Uint8Array => guest(`(memory.fill (i32.const 0) (i32.const 7) (i32.const ${bytes})) (i64.const 0)`, { memory: '1024' });
    const grow = (pages: number): Uint8Array => guest(`(drop (memory.grow (i32.const ${pages}))) (i64.const 0)`);
    const stepsOf = async (module: Uint8Array): Promise<number> => (await run({ module, input: NOTHING })).fuel - fuelToStart({ module, input: NOTHING });
    const [short, long] = [await stepsOf(fill(6_400_000)), await stepsOf(fill(64_000_000))];
    assert.ok(long > 9 * short && long < 11 * short, `${short} and ${long}`);
    const [few, many] = [await stepsOf(grow(100)), await stepsOf(grow(1_000))];
    assert.ok(many > 9 * few && many < 11 * few, `${few} and ${many}`);
  });

  it('lets the host breathe every slice, and heeds an abort', async () => {
    const module = guest('(loop $forever (br $forever)) (i64.const 0)');
    const controller = new AbortController();
    let breaths = 0;
    const breatheSync = (): void => {
      if (++breaths === 20) controller.abort(new Error('enough'));
    };
    await assert.rejects(run({ module, input: NOTHING }, { signal: controller.signal, breatheSync }), /enough/);
    const seen: number[] = [];
    const payload = { module: example('wat/crc32'), input: new Uint8Array(500_000) };
    await run(payload, { progress: (phase, loaded, total) => void (phase === 'run' && total === 10_000_000 && seen.push(loaded)) }, 100_000);
    assert.ok(seen.length > 10 && seen.every((loaded, i) => i === 0 || loaded >= seen[i - 1]!));
  });
});

describe('custom_wasm: slices', () => {
  /** Steps that the tank grants next, where each slice before took so long. */
  const granted = (msOfEach: readonly number[], stepsMax?: number): number[] => {
    let now = 0;
    const tank = new Tank(30_000_000, () => void (now += 1_000), stepsMax, () => now);
    const slices = [Number(tank.first)];
    for (const ms of msOfEach) {
      now += ms;
      slices.push(Number(tank.tick(0n)));
    }
    return slices;
  };

  it('get shorter where steps take long, and longer again, whatever the host takes between them', () => {
    const quick = granted([0.1, 0.1, 0.1, 0.1, 0.1, 0.1]);
    assert.deepEqual(quick, [500_000, 1_000_000, 2_000_000, 4_000_000, 8_000_000, 8_000_000, 8_000_000]);
    assert.deepEqual(granted([0, 4, 200, 200, 0]), [500_000, 1_000_000, 500_000, 20_000, 20_000, 40_000]);
  });

  it('are no longer than they may be', () => {
    assert.deepEqual(granted([50, 0, 0], 97), [97, 97, 97, 97]);
  });
});

/** A module of functions with one body, which may be too much for the assembler. */
function bodies(count: number, body: Writer): Uint8Array {
  const out = new Writer().bytes(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0);
  const [types, code] = [new Writer().u32(count), new Writer().u32(count)];
  for (let i = 0; i < count; i++) {
    types.u32(0);
    code.sized(body.view);
  }
  return out.bytes(3).sized(types.view).bytes(10).sized(code.view).view;
}

const MALFORMED = 0xff;
/** i32.const 0, three times. */
const THREE = [0x41, 0, 0x41, 0, 0x41, 0];

/** A body, as far as its end, that does the same again and again. */
function repeated(instructions: readonly number[], times: number): Writer {
  const body = new Writer().bytes(0);
  for (let i = 0; i < times; i++) body.bytes(...instructions);
  return body;
}

/** A function with blocks in blocks. */
function nested(depth: number): Uint8Array {
  const body = repeated([0x02, 0x40], depth);
  for (let i = 0; i <= depth; i++) body.bytes(0x0b);
  return bodies(1, body);
}

describe('custom_wasm: what a guest may not do', () => {
  const ends: readonly (readonly [what: string, module: () => Uint8Array, code: KernelError['code'], message: RegExp])[] = [
    ['loop for ever', () => guest('(loop $l (br $l)) (i64.const 0)'), 'limit-exceeded', /used up its fuel/],
    ['loop for ever without a loop', () => guest('(call $f) (i64.const 0)', { around: '(func $f (loop $l (br_if $l (i32.const 1))))' }), 'limit-exceeded', /used up its fuel/],
    ['call itself for ever', () => guest('(call $f) (i64.const 0)', { around: '(func $f (call $f))' }), 'limit-exceeded', /nested too deeply/],
    ['call itself with large frames', () => guest('(drop (call $f (i32.const 1))) (i64.const 0)', { around: `(func $f (param i32) (result i32) (local ${'v128 '.repeat(500)}) (i32.add (call $f (local.get 0)) (i32.const 1)))` }), 'limit-exceeded', /nested too deeply/],
    ['fill memory for ever', () => guest('(loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br $l)) (i64.const 0)'), 'limit-exceeded', /used up its fuel/],
    ['reach `unreachable`', () => guest('(unreachable)'), 'bad-input', /stopped itself with `unreachable`/],
    ['divide by zero', () => guest('(drop (i32.div_u (i32.const 1) (local.get $i))) (i64.const 0)'), 'bad-input', /The module trapped/],
    ['read outside its memory', () => guest('(drop (i32.load (i32.const -4))) (i64.const 0)'), 'bad-input', /The module trapped/],
    ['convert a float that does not fit', () => guest('(drop (i32.trunc_f32_s (f32.const 1e30))) (i64.const 0)'), 'bad-input', /The module trapped/],
    ['call what is not in its table', () => guest('(call_indirect (type $t) (i32.const 3)) (i64.const 0)', { around: '(type $t (func)) (table 4 funcref)' }), 'bad-input', /The module trapped/],
    ['return an output outside its memory', () => guest('(i64.const 0x1_0000_0000_0002)'), 'bad-input', /The result lies outside/],
    ['return a longer output than there may be', () => guest('(i64.const 8000001)', { memory: '4096' }), 'limit-exceeded', /returned 8000001 bytes/],
    ['refuse its input', () => guest('(i64.const -1)'), 'bad-input', /refused its input/],
    ['have a data segment that does not fit', () => guest('(i64.const 0)', { around: '(data (i32.const 65535) "no")' }), 'bad-input', /does not fit/],
    ['have an element segment that does not fit', () => guest('(i64.const 0)', { around: '(table 1 funcref) (func $f) (elem (i32.const 1) $f)' }), 'bad-input', /does not fit/],
  ];
  for (const [what, build, code, message] of ends) {
    it(what, async () => {
      const module = build();
      const error = await failure({ module, input: NOTHING, fuel: 60_000 });
      assert.equal(error.code, code);
      assert.match(error.message, message);
      // Other workers say the same, whatever their slices.
      await assert.rejects(run({ module, input: NOTHING, fuel: 60_000 }, {}, 1_013), { code: error.code, message: error.message });
    });
  }

  it('grow its memory beyond 256 MiB or its own maximum: it is denied, and goes on', async () => {
    const size = async (memory: string): Promise<number> => {
      const module = guest('(loop $l (br_if $l (i32.ne (memory.grow (i32.const 64)) (i32.const -1)))) (i32.store (i32.const 0) (memory.size)) (i64.const 4)', { memory });
      return Buffer.from((await run({ module, input: NOTHING })).output).readUInt32LE();
    };
    assert.equal(await size('1'), 4_033);
    assert.equal(await size('0 200'), 192);
    assert.equal(await size('4096'), 4_096);
    assert.equal(await size('1 65536'), 4_033);
  });

  const exportsOf = (fields: string): Uint8Array => assemble(`(module ${fields})`);
  const whole = (more: string): Uint8Array => guest('(i64.const 0)', { around: more });
  const refused: readonly (readonly [what: string, module: () => Uint8Array, message: RegExp])[] = [
    ['imports of functions', () => assemble('(module (import "env" "now" (func)))'), /imports `env.now`/],
    ['imports of memories', () => assemble('(module (import "env" "memory" (memory 1)))'), /imports `env.memory`/],
    ['imports of globals with odd names', () => assemble('(module (import "\\c3\\a9\\22" "x" (global i32)))'), /imports `\?"\.x`/],
    ['start functions', () => whole('(func $f) (start $f)'), /has a start function/],
    ['huge tables', () => whole('(table 65537 funcref)'), /table of 65537 entries/],
    ['huge memories', () => exportsOf('(memory (export "memory") 4097)'), /memory of 4097 pages/],
    ['shared memories', () => exportsOf('(memory 1 1 shared)'), /threads/],
    ['atomics', () => whole('(func (drop (i32.atomic.load (i32.const 0))))'), /threads/],
    ['64-bit memories', () => exportsOf('(memory i64 1)'), /64-bit/],
    ['several memories', () => whole('(memory 1)'), /more than one memory/],
    ...[[0x3f], [0x41, 0, 0x40], [...THREE, 0xfc, 10, 0], [...THREE, 0xfc, 11]].map((code) => [`memory by a number of two bytes: ${code}`, () => bodies(1, new Writer().bytes(0, ...code, 0x80, 0x00, 0x1a, 0x0b)), /more than one memory/] as const),
    ['exceptions', () => whole('(tag $t) (func (throw $t))'), /exceptions/],
    ['tail calls', () => whole('(func $f (return_call $f))'), /tail calls/],
    ['references', () => whole('(func (param externref))'), /reference types/],
    ['several tables', () => whole('(table 1 funcref) (table 1 funcref)'), /reference types/],
    ['table instructions', () => whole('(table $t 1 funcref) (func (drop (table.size $t)))'), /reference types/],
    ['relaxed SIMD', () => whole('(func (param v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))'), /relaxed SIMD/],
    ['computed constants', () => whole('(global i32 (i32.add (i32.const 1) (i32.const 2)))'), /computed constants/],
    ['too many locals', () => whole(`(func (local ${'i64 '.repeat(10_001)}))`), /10001 locals/],
    ['too many locals in all', () => bodies(201, new Writer().u32(1).u32(1_000).bytes(0x7d, 0x0b)), /201000 locals of all functions/],
    ['too deep nesting', () => nested(1_001), /1001 nested blocks/],
    ['too many values at once', () => whole(`(func ${'(i32.const 1) '.repeat(32_769)} ${'(drop) '.repeat(32_769)})`), /keeps over 32768 values/],
    ['functions that are too long', () => whole(`(func (local f32) ${'(local.set 0 (f32.add (local.get 0) (f32.load (i32.const 0)))) (f32.store (i32.const 0) (local.get 0)) '.repeat(6_000)})`), /more than 100000 bytes/],
    // Neither is read to where it is malformed.
    ['functions that are too long as they are', () => bodies(1, repeated([MALFORMED], 100_000)), /more than 100000 bytes/],
    ['functions that get too long', () => bodies(1, repeated([0x41, 0, 0x04, 0x40, 0x0b], 10_000).bytes(MALFORMED)), /more than 100000 bytes/],
    ['reserved names', () => whole('(global (export "edge-net:fuel") i64 (i64.const 0))'), /reserved/],
    ['what is no module', () => text('not a module'), /not a valid WebAssembly module/],
    ['what ends too soon', () => guest('(i64.const 0)').slice(0, -3), /not a valid WebAssembly module/],
    ['what does not validate', () => guest('(i32.const 0)'), /not a valid WebAssembly module/],
    ['modules of over 4 MB', () => new Uint8Array(4_000_001), /4000001 bytes/],
    ['no memory', () => exportsOf('(func)'), /must export its memory as `memory`/],
    ['no alloc', () => exportsOf('(memory (export "memory") 1)'), /must export a function \(i32\) -> \(i32\) as `alloc`/],
    ['another signature', () => exportsOf('(memory (export "memory") 1) (func (export "alloc") (param i32) (result i32) (local.get 0)) (func (export "execute") (param f32) (result v128) (unreachable))'), /exports `execute` as \(f32\) -> \(v128\)/],
    ['an initialiser with parameters', () => whole('(func (export "_initialize") (param i32))'), /`_initialize` as \(i32\) -> \(\)/],
  ];
  for (const [what, build, message] of refused) {
    it(`has no ${what}`, async () => {
      const error = await failure({ module: build(), input: NOTHING, fuel: 30_000_000 });
      assert.equal(error.code, 'bad-input');
      assert.match(error.message, message);
    });
  }

  it('serves the next task as before', async () => {
    for (const [, build] of ends) await failure({ module: build(), input: NOTHING, fuel: 30_000 });
    assert.equal(Buffer.from((await run({ module: example('wat/crc32'), input: text('123456789') })).output).readUInt32LE(), 0xcbf43926);
  });
});

describe('custom_wasm: guests', () => {
  it('are asked for room once, also for nothing, and get the input there', async () => {
    const module = assemble(`(module (memory (export "memory") 1) (global $asked (mut i32) (i32.const 0))
      (func (export "alloc") (param i32) (result i32) (global.set $asked (i32.add (global.get $asked) (i32.const 1))) (i32.const 100))
      (func (export "execute") (param i32 i32) (result i64) (i32.store8 (i32.const 99) (global.get $asked))
        (i64.or (i64.shl (i64.const 99) (i64.const 32)) (i64.extend_i32_u (i32.add (local.get 1) (i32.const 1))))))`);
    assert.deepEqual((await run({ module, input: NOTHING })).output, Uint8Array.of(1));
    assert.deepEqual((await run({ module, input: Uint8Array.of(8, 9) })).output, Uint8Array.of(1, 8, 9));
    assert.match((await failure({ module, input: new Uint8Array(65_500) })).message, /What `alloc` returned lies outside/);
  });

  it('may call their function as they like', async () => {
    const module = assemble('(module (memory (export "memory") 1) (func (export "alloc") (param i32) (result i32) (i32.const 0)) (func (export "echo") (param i32 i32) (result i64) (i64.extend_i32_u (local.get 1))))');
    assert.deepEqual((await run({ module, input: Uint8Array.of(1, 2), export: 'echo' })).output, Uint8Array.of(1, 2));
    assert.match((await failure({ module, input: NOTHING })).message, /as `execute`/);
    assert.match((await failure({ module, input: NOTHING, export: 'memory' })).message, /as `memory`/);
  });

  it('have names that are read as they are written', async () => {
    const fields = (memory: string, more = ''): Uint8Array => assemble(`(module (memory (export "${memory}") 1) ${more} (func (export "alloc") (param i32) (result i32) (i32.const 0)) (func (export "execute") (param i32 i32) (result i64) (i64.const 0)))`);
    assert.deepEqual((await run({ module: fields('memory', '(global (export "\\ef\\bb\\bfmemory") i32 (i32.const 0))'), input: NOTHING })).output, NOTHING);
    assert.match((await failure({ module: fields('\\ef\\bb\\bfmemory'), input: NOTHING })).message, /must export its memory/);
    const odd = fields('memory', '(global (export "?mory") i32 (i32.const 0))');
    odd[odd.indexOf(0x3f)] = 0xff;
    assert.match((await failure({ module: odd, input: NOTHING })).message, /not a valid WebAssembly module/);
  });

  it('keep nothing from one task to the next', async () => {
    const module = guest('(i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))) (i64.const 4)');
    const first = await run({ module, input: NOTHING });
    assert.deepEqual(await run({ module, input: NOTHING }), first);
    assert.deepEqual(first.output, Uint8Array.of(1, 0, 0, 0));
  });

  it('make NaNs of one kind, wherever they come from', async () => {
    const bits = async (expression: string): Promise<string> => {
      const module = guest(`(v128.store (i32.const 0) ${expression}) (i64.const 16)`);
      return Buffer.from((await run({ module, input: NOTHING })).output).toString('hex');
    };
    const lanes = (float: string): string => `(f32x4.splat ${float})`;
    const nan = 'f32.const nan:0x200001';
    assert.equal(await bits(lanes(`(f32.add (${nan}) (f32.const 1))`)), '0000c07f'.repeat(4));
    assert.equal(await bits(`(f32x4.mul ${lanes(`(${nan})`)} ${lanes('(f32.const -1)')})`), '0000c07f'.repeat(4));
    assert.equal(await bits(`(f64x2.promote_low_f32x4 ${lanes(`(${nan})`)})`), '000000000000f87f'.repeat(2));
    assert.equal(await bits(lanes('(f32.div (f32.const 0) (f32.const 0))')), '0000c07f'.repeat(4));
    // What only moves bits moves these too.
    assert.equal(await bits(lanes(`(f32.neg (${nan}))`)), '0100a0ff'.repeat(4));
    assert.equal(await bits(`(i32x4.add ${lanes(`(f32.sub (f32.const inf) (f32.const inf))`)} (v128.const i32x4 1 1 1 1))`), '0100c07f'.repeat(4));
  });
});

describe('custom_wasm: recorded runs', () => {
  const recorded = JSON.parse(readFileSync(new URL('../vectors/custom_wasm.json', import.meta.url), 'utf8')) as Recorded;

  it('give the same bytes for the same fuel', async () => {
    for (const { name, fuel, output } of recorded.examples) {
      const result = await run({ module: example(name), input: INPUTS[name]!() });
      assert.deepEqual({ fuel: result.fuel, output: createHash('sha256').update(result.output).digest('hex') }, { fuel, output }, name);
    }
  });

  it('fail in the same words', async () => {
    for (const { what, module, code, message } of recorded.failures) {
      const error = await failure({ module, input: NOTHING, fuel: FAILURE_FUEL });
      assert.deepEqual({ code: error.code, message: error.message }, { code, message }, what);
    }
  });
});

describe('custom_wasm: manifest', () => {
  const module = example('wat/crc32');

  it('takes bytes in every form, and its own result', () => {
    const expected = { module, input: text('hi'), export: 'execute', fuel: 10_000_000 };
    for (const input of [text('hi'), 'aGk=', [104, 105], text('hi').slice().buffer]) {
      const normalised = manifest.normalise({ module, input });
      assert.deepEqual(normalised, expected);
      assert.deepEqual(manifest.normalise(normalised), expected);
    }
    assert.deepEqual(manifest.normalise({ module: Buffer.from(module).toString('base64'), input: text('hi'), fuel: 5_000 }), { ...expected, fuel: 5_000 });
  });

  it('costs 1 credit for each reference second of the ceiling', () => {
    assert.deepEqual(manifest.meter(manifest.normalise({ module, input: [], fuel: 2_500_000 })), { price: 2_500_000, fuel: 2_500_000 });
  });

  it('says what is wrong with a payload', () => {
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [null, /must be an object/],
      [{ module, input: [], inputs: [] }, /`inputs` is not a field/],
      [{ input: [] }, /`module` must be bytes/],
      [{ module, input: 7 }, /`input` must be bytes/],
      [{ module, input: '%' }, /`input` is not valid base64/],
      [{ module, input: [1, 256] }, /`input\[1\]`/],
      [{ module, input: [], export: '' }, /`export`/],
      [{ module, input: [], export: 'ä' }, /`export`/],
      [{ module, input: [], fuel: 30_000_001 }, /`fuel` must be/],
      [{ module, input: [], fuel: 1.5 }, /`fuel` must be/],
      [{ module, input: [], fuel: 1_000 }, /starting this module alone takes/],
      [{ module, input: new Uint8Array(8_000_000) }, /split the task/],
    ];
    for (const [payload, message] of wrong) assert.throws(() => manifest.normalise(payload), message);
  });

  it('passes through the kernel as it is', async () => {
    const payload = manifest.normalise({ module, input: text('123456789') });
    const { output, fuel } = await kernel.run(payload, context());
    assert.deepEqual(manifest.present(output), { output: Uint8Array.of(0x26, 0x39, 0xf4, 0xcb), fuel });
    assert.throws(() => manifest.present({ output: 'no' }), { code: 'kernel-failed' });
  });
});
