// Distances between stored vectors, by metric and scalar type. A file of their own, so that these loops are
// compiled for speed while the index around them is compiled for size.
#pragma once
#include <cstddef>
#include <cstdint>
#include <usearch/index_plugins.hpp>

#include "simd.hpp"

// The vector at hand, staged once: as stored, and as the metrics like to read it. They know it by its address.
struct Staged {
    void* stored;
    float* floats;
    std::int32_t squares;
};
extern Staged staged;

inline Floats f32(std::size_t address) { return {reinterpret_cast<float const*>(address)}; }
inline Halves f16(std::size_t address) { return {reinterpret_cast<std::uint16_t const*>(address)}; }
inline std::int8_t const* i8(std::size_t address) { return reinterpret_cast<std::int8_t const*>(address); }

using metric_function_t = float (*)(std::size_t, std::size_t, std::size_t);

// Null where there is no metric for that scalar. `units`: all vectors have length one.
metric_function_t choose(unum::usearch::metric_kind_t metric, unum::usearch::scalar_kind_t scalar, bool units);
