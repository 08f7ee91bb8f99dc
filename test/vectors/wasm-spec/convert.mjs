/**
 * Makes core.json.br from the core tests of the WebAssembly specification, in the form in which SpiderMonkey ships
 * them (README.md beside this file). Run once, by hand: node convert.mjs FOLDER-WITH-wast.js-FILES
 *
 * Values are a letter for the type (i32 i, i64 l, f32 f, f64 d, v128 v) and their bytes in hexadecimal, in memory order.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync, constants } from 'node:zlib';
import initWabt from 'wabt';

const wabt = await initWabt();
const FEATURES = {
  mutable_globals: true, sat_float_to_int: true, sign_extension: true, simd: true, multi_value: true, bulk_memory: true, reference_types: true,
  tail_call: true, memory64: true, multi_memory: true, extended_const: true, exceptions: true, threads: true,
};

const hex = (typed) => Buffer.from(typed.buffer, typed.byteOffset, typed.byteLength).toString('hex');
const LETTER = { i32: 'i', i64: 'l', f32: 'f', f64: 'd', v128: 'v' };
const BYTES = {
  i32: (value) => Int32Array.of(value),
  i64: (value) => BigInt64Array.of(value),
  f32: (value) => Float32Array.of(value),
  f64: (value) => Float64Array.of(value),
};
const vector = (typed) => ({ code: `v${hex(typed)}` });

class Lanes {
  constructor(shape, lanes) {
    this.code = [shape, ...lanes.map(codeOf)];
  }
}

/** References have no form here: their tests are out of the subset, with their modules. */
function codeOf(value) {
  if (typeof value === 'number') return `i${hex(Int32Array.of(value))}`;
  if (typeof value === 'bigint') return `l${hex(BigInt64Array.of(value))}`;
  if (value === 'canonical_nan' || value === 'arithmetic_nan') return value;
  return value?.code ?? 'none';
}

function compile(text) {
  const parsed = wabt.parseWat('spec.wast', text, FEATURES);
  try {
    parsed.resolveNames();
    return Buffer.from(parsed.toBinary({ write_debug_names: false }).buffer);
  } finally {
    parsed.destroy();
  }
}

function convert(source) {
  const modules = [];
  const commands = [];
  const skipped = { unparsed: 0, values: 0 };

  const add = (kind, ...rest) => commands.push([kind, ...rest]);
  /** Runs what an assertion is about, which adds one command, and adds the assertion in its place. */
  const assert = (thunk, toCommand, count) => {
    const before = commands.length;
    try {
      thunk();
      const command = toCommand(...commands[before]);
      commands.length = before;
      add(...command);
    } catch {
      commands.length = before;
      skipped[count] += 1;
    }
  };
  const refused = (thunk) => assert(thunk, (_, module) => ['invalid', module], 'unparsed');

  const world = {
    instantiate(text) {
      const module = modules.push(compile(text).toString('base64')) - 1;
      add('module', module);
      return module;
    },
    instantiateIfParsed(text) {
      try {
        return world.instantiate(text);
      } catch {
        skipped.unparsed += 1;
        return 'none';
      }
    },
    register() {},
    invoke(instance, field, params) {
      add('invoke', instance, field, params.map(codeOf));
    },
    get: (instance, field) => add('get', instance, field),
    assert_return: (thunk, expected) => assert(thunk, (kind, ...action) => [kind === 'get' ? 'global' : 'return', ...action, expected.map(codeOf)], 'values'),
    assert_trap: (thunk) => assert(thunk, (kind, ...action) => [kind === 'module' ? 'uninstantiable' : 'trap', ...action], 'values'),
    assert_exhaustion: (thunk) => assert(thunk, (_, ...action) => ['exhaustion', ...action], 'values'),
    assert_invalid: refused,
    assert_malformed: refused,
    assert_unlinkable: refused,
    value: (type, value) => (BYTES[type] ? { code: LETTER[type] + hex(BYTES[type](value)) } : {}),
    bytes: (type, values) => ({ code: LETTER[type] + hex(Uint8Array.from(values)) }),
    i8x16: (lanes) => vector(Uint8Array.from(lanes)),
    i16x8: (lanes) => vector(Uint16Array.from(lanes)),
    i32x4: (lanes) => vector(Uint32Array.from(lanes)),
    i64x2: (lanes) => vector(BigUint64Array.from(lanes.map((lane) => BigInt.asUintN(64, BigInt(lane))))),
    f32x4: (lanes) => vector(Float32Array.from(lanes)),
    f64x2: (lanes) => vector(Float64Array.from(lanes)),
    F32x4Pattern: class extends Lanes {
      constructor(...lanes) {
        super('f32x4', lanes);
      }
    },
    F64x2Pattern: class extends Lanes {
      constructor(...lanes) {
        super('f64x2', lanes);
      }
    },
    externref: () => ({}),
    hostref: () => ({}),
    either: () => ({}),
    wasmMultiMemoryEnabled: () => true,
    wasmGcEnabled: () => false,
    wasmSimdEnabled: () => true,
    ExternRefResult: class {},
    HostRefResult: class {},
    RefWithType: class {},
  };
  // A module that does not parse here is left out with everything that is asked of it.
  runInNewContext(source.replaceAll(/^(let \$\d+ = )?instantiate\(/gmu, '$1instantiateIfParsed('), world);
  return { modules, commands, skipped };
}

const folder = process.argv[2];
const files = readdirSync(folder).filter((name) => name.endsWith('.wast.js')).sort();
const suite = files.map((name) => ({ name: name.slice(0, -'.wast.js'.length), ...convert(readFileSync(join(folder, name), 'utf8')) }));
const json = Buffer.from(JSON.stringify(suite.map(({ name, modules, commands }) => ({ name, modules, commands }))));
const packed = brotliCompressSync(json, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: json.length } });
writeFileSync(new URL('core.json.br', import.meta.url), packed);
const total = (count) => suite.reduce((sum, file) => sum + count(file), 0);
console.log(JSON.stringify({
  files: files.length, modules: total(({ modules }) => modules.length), commands: total(({ commands }) => commands.length),
  unparsed: total(({ skipped }) => skipped.unparsed), values: total(({ skipped }) => skipped.values), bytes: packed.length, raw: json.length,
}));
