/** Guests that do one thing over and over: where metering costs most, and where it hardly shows. */
import { guest } from '../test/kernels/custom_wasm-context.js';

/** `times` rounds of `body`, `$i` counting down; 0 bytes of output. */
const repeat = (times: number, body: string): string => `
  (local.set $i (i32.const ${times}))
  (loop $again
    ${body}
    (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
  (i64.const 0)`;

const SIEVE = `
  (local.set $i (i32.const 2))
  (loop $outer
    (if (i32.eqz (i32.load8_u (local.get $i)))
      (then
        (local.set $j (i32.shl (local.get $i) (i32.const 1)))
        (block $done
          (loop $inner
            (br_if $done (i32.ge_u (local.get $j) (i32.const 4000000)))
            (i32.store8 (local.get $j) (i32.const 1))
            (local.set $j (i32.add (local.get $j) (local.get $i)))
            (br $inner)))))
    (br_if $outer (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4000000))))
  (memory.fill (i32.const 0) (i32.const 0) (i32.const 4000000))
  (i64.const 0)`;

const FIBONACCI = `(func $fib (param $n i32) (result i32)
  (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
    (then (local.get $n))
    (else (i32.add (call $fib (i32.sub (local.get $n) (i32.const 1))) (call $fib (i32.sub (local.get $n) (i32.const 2)))))))`;

/** Row by column, 160 x 160, in doubles. */
const MATRIX = `(func $cell (param $row i32) (param $column i32) (result f64) (local $k i32) (local $sum f64)
  (loop $next
    (local.set $sum (f64.add (local.get $sum) (f64.mul
      (f64.load (i32.shl (i32.add (i32.mul (local.get $row) (i32.const 160)) (local.get $k)) (i32.const 3)))
      (f64.load offset=204800 (i32.shl (i32.add (i32.mul (local.get $k) (i32.const 160)) (local.get $column)) (i32.const 3))))))
    (br_if $next (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 160))))
  (local.get $sum))`;

const MULTIPLY = `
  (loop $rows
    (local.set $j (i32.const 0))
    (loop $columns
      (f64.store offset=409600 (i32.shl (i32.add (i32.mul (local.get $i) (i32.const 160)) (local.get $j)) (i32.const 3)) (call $cell (local.get $i) (local.get $j)))
      (br_if $columns (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const 160))))
    (br_if $rows (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 160))))
  (i64.const 0)`;

export const LOOPS: Readonly<Record<string, Uint8Array>> = {
  'sieve of Eratosthenes': guest(SIEVE, { memory: '64' }),
  'matrix product, f64': guest(MULTIPLY, { memory: '16', around: MATRIX }),
  'recursion (Fibonacci)': guest('(i32.store (i32.const 0) (call $fib (i32.const 27))) (i64.const 0)', { around: FIBONACCI }),
  'memory.copy of 4 KB': guest(repeat(40_000, '(memory.copy (i32.const 0) (i32.const 8192) (i32.const 4096))')),
};

/** As compilers give it: several registers a round. */
const dot = (type: string, multiplyAdd: (at: number) => string): Uint8Array =>
  guest(
    `(call $dot) (i64.const 0)`,
    {
      memory: '4',
      around: `(func $dot (local $times i32) (local $at i32) (local $a v128) (local $b v128)
        (local.set $times (i32.const 400))
        (loop $outer
          (local.set $at (i32.const 0))
          (loop $inner
            ${[0, 1, 2, 3].map((step) => `(local.set ${step % 2 === 0 ? '$a' : '$b'} (${type}.add (local.get ${step % 2 === 0 ? '$a' : '$b'}) ${multiplyAdd(step * 16)}))`).join('\n            ')}
            (br_if $inner (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 64))) (i32.const 65536))))
          (br_if $outer (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
        (v128.store (i32.const 131072) (${type}.add (local.get $a) (local.get $b))))`,
    },
  );

export const SIMD_LOOPS: Readonly<Record<string, Uint8Array>> = {
  'dot product, f32x4': dot('f32x4', (at) => `(f32x4.mul (v128.load offset=${at} (local.get $at)) (v128.load offset=${65_536 + at} (local.get $at)))`),
  'dot product, i16x8': dot('i32x4', (at) => `(i32x4.dot_i16x8_s (v128.load offset=${at} (local.get $at)) (v128.load offset=${65_536 + at} (local.get $at)))`),
};
