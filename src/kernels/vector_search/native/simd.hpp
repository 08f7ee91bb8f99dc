// Sums over two vectors in 128-bit SIMD, in one fixed order.
//
// Element i of the first (n & ~15) goes to lane i mod 16 of four accumulators; the accumulators are then added
// as (0 + 1) + (2 + 3), the four lanes left as (0 + 1) + (2 + 3), and the remaining elements follow one by one.
// `reference.ts` adds in the same order, which is why both give the same bits. No relaxed SIMD, no fused
// multiply-add: their results differ between processors.
//
// The compiler does not unroll for WASM on its own; doing so gains a tenth for floats and a third for halves.
#pragma once
#include <cstddef>
#include <cstdint>
#include <wasm_simd128.h>

// A vector of 32-bit floats.
struct Floats {
    float const* at;
    v128_t four(std::size_t i) const { return wasm_v128_load(at + i); }
    float one(std::size_t i) const { return at[i]; }
};

// A vector of IEEE half-precision numbers, widened as it is read. Sign-extended and shifted to a float's place,
// less the copies of the sign, the exponent is too small by 112; the multiplication mends that, for subnormals too.
struct Halves {
    std::uint16_t const* at;
    v128_t four(std::size_t i) const { return widen(wasm_i32x4_load16x4(at + i)); }
    float one(std::size_t i) const { return wasm_f32x4_extract_lane(widen(wasm_i32x4_splat(std::int16_t(at[i]))), 0); }

  private:
    static v128_t widen(v128_t bits) {
        v128_t shifted = wasm_v128_and(wasm_i32x4_shl(bits, 13), wasm_u32x4_const_splat(0x8fffffff));
        return wasm_f32x4_mul(shifted, wasm_f32x4_const_splat(0x1p112f));
    }
};

struct Product {
    static v128_t four(v128_t a, v128_t b) { return wasm_f32x4_mul(a, b); }
    static float one(float a, float b) { return a * b; }
};

struct SquaredDifference {
    static v128_t four(v128_t a, v128_t b) {
        v128_t difference = wasm_f32x4_sub(a, b);
        return wasm_f32x4_mul(difference, difference);
    }
    static float one(float a, float b) { return (a - b) * (a - b); }
};

// Sixteen running sums.
template <class Term> struct Lanes {
    v128_t s0 = wasm_f32x4_const_splat(0), s1 = s0, s2 = s0, s3 = s0;

    template <class Left, class Right> void add(Left a, Right b, std::size_t i) {
        s0 = wasm_f32x4_add(s0, Term::four(a.four(i), b.four(i)));
        s1 = wasm_f32x4_add(s1, Term::four(a.four(i + 4), b.four(i + 4)));
        s2 = wasm_f32x4_add(s2, Term::four(a.four(i + 8), b.four(i + 8)));
        s3 = wasm_f32x4_add(s3, Term::four(a.four(i + 12), b.four(i + 12)));
    }

    float total() const {
        v128_t s = wasm_f32x4_add(wasm_f32x4_add(s0, s1), wasm_f32x4_add(s2, s3));
        return (wasm_f32x4_extract_lane(s, 0) + wasm_f32x4_extract_lane(s, 1)) +
               (wasm_f32x4_extract_lane(s, 2) + wasm_f32x4_extract_lane(s, 3));
    }
};

template <class Term, class Left, class Right> inline float sum(Left a, Right b, std::size_t n) {
    Lanes<Term> lanes;
    std::size_t i = 0;
#pragma clang loop unroll_count(4)
    for (; i + 16 <= n; i += 16)
        lanes.add(a, b, i);
    float total = lanes.total();
    for (; i < n; ++i)
        total += Term::one(a.one(i), b.one(i));
    return total;
}

struct Sums {
    float product, squares;
};

// sum<Product>(a, b) and sum<Product>(b, b), reading b once.
inline Sums product_and_squares(Floats a, Floats b, std::size_t n) {
    Lanes<Product> product, squares;
    std::size_t i = 0;
#pragma clang loop unroll_count(2)
    for (; i + 16 <= n; i += 16) {
        product.add(a, b, i);
        squares.add(b, b, i);
    }
    Sums sums{product.total(), squares.total()};
    for (; i < n; ++i) {
        sums.product += a.one(i) * b.one(i);
        sums.squares += b.one(i) * b.one(i);
    }
    return sums;
}

// Exact, so its order does not matter.
inline std::int32_t dot(std::int8_t const* a, std::int8_t const* b, std::size_t n) {
    v128_t s0 = wasm_i32x4_const_splat(0), s1 = s0;
    std::size_t i = 0;
#pragma clang loop unroll_count(4)
    for (; i + 16 <= n; i += 16) {
        s0 = wasm_i32x4_add(s0, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(a + i), wasm_i16x8_load8x8(b + i)));
        s1 = wasm_i32x4_add(s1, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(a + i + 8), wasm_i16x8_load8x8(b + i + 8)));
    }
    v128_t s = wasm_i32x4_add(s0, s1);
    std::int32_t total = wasm_i32x4_extract_lane(s, 0) + wasm_i32x4_extract_lane(s, 1) +
                         wasm_i32x4_extract_lane(s, 2) + wasm_i32x4_extract_lane(s, 3);
    for (; i < n; ++i)
        total += a[i] * b[i];
    return total;
}
