// usearch behind a flat interface: one HNSW index a module instance. Vectors arrive as 32-bit floats and are
// kept as f32, f16 or i8; distances come from our own SIMD metrics instead of the autovectorised ones.
#include "exports.hpp"
#include "metrics.hpp"
#include "simd.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <usearch/index_dense.hpp>

using namespace unum::usearch;

namespace {

index_dense_t graph;
char const* failure = "";

metric_punned_t punned(std::size_t dims, metric_kind_t metric, scalar_kind_t scalar, bool units) {
    return metric_punned_t::stateless(dims, reinterpret_cast<std::uintptr_t>(choose(metric, scalar, units)),
                                      metric_punned_signature_t::array_array_size_k, metric, scalar);
}

bool fail(char const* message) {
    failure = message;
    return false;
}

bool stage_room(std::size_t dims) {
    staged.stored = std::malloc(dims * sizeof(float));
    staged.floats = static_cast<float*>(std::malloc(dims * sizeof(float)));
    return (staged.stored && staged.floats) || fail("out of memory");
}

// Cosine ignores length, so vectors are brought to unit length; halves are rounded to nearest even; bytes are
// scaled by the largest magnitude of their vector and rounded.
bool stage(float const* vector) {
    std::size_t const n = graph.dimensions();
    double length = 1;
    if (graph.metric_kind() == metric_kind_t::cos_k) {
        double squares = 0;
        for (std::size_t i = 0; i != n; ++i)
            squares += double(vector[i]) * vector[i];
        length = squares > 0 ? std::sqrt(squares) : 1;
    }
    float largest = 0;
    for (std::size_t i = 0; i != n; ++i) {
        staged.floats[i] = float(vector[i] / length);
        largest = std::max(largest, std::fabs(staged.floats[i]));
    }
    switch (graph.scalar_kind()) {
    case scalar_kind_t::i8_k: {
        std::int8_t* bytes = static_cast<std::int8_t*>(staged.stored);
        for (std::size_t i = 0; i != n; ++i)
            bytes[i] = largest > 0 ? std::int8_t(std::nearbyint(staged.floats[i] / largest * 127)) : 0;
        staged.squares = dot(bytes, bytes, n);
        return true;
    }
    case scalar_kind_t::f16_k:
        if (largest >= 65520)
            return fail("a number is beyond the range of f16");
        for (std::size_t i = 0; i != n; ++i)
            static_cast<std::uint16_t*>(staged.stored)[i] = f32_to_f16(staged.floats[i]);
        return true;
    default: std::memcpy(staged.stored, staged.floats, n * sizeof(float)); return true;
    }
}

bool finite(std::uint16_t const* halves, std::size_t n) {
    return std::none_of(halves, halves + n, [](std::uint16_t bits) { return (bits & 0x7c00) == 0x7c00; });
}

// Hands the staged vector to usearch as the type it stores, which spares it a cast.
template <class Do> auto with_staged(Do&& then) {
    switch (graph.scalar_kind()) {
    case scalar_kind_t::i8_k: return then(static_cast<i8_t const*>(staged.stored));
    case scalar_kind_t::f16_k: return then(static_cast<f16_t const*>(staged.stored));
    default: return then(static_cast<f32_t const*>(staged.stored));
    }
}

} // namespace

// Every function that may fail returns false or a negative number and leaves the reason here.
EXPORT(index_failure) char const* index_failure() { return failure; }
EXPORT(index_size) std::uint32_t index_size() { return graph.size(); }

EXPORT(index_create)
bool index_create(std::uint32_t dims, metric_kind_t metric, scalar_kind_t scalar, std::uint32_t connectivity,
                  std::uint32_t expansion_add, std::uint32_t expansion_search) {
    if (!choose(metric, scalar, true))
        return fail("this metric does not go with this scalar type");
    auto made = index_dense_t::make(punned(dims, metric, scalar, true),
                                    index_dense_config_t(connectivity, expansion_add, expansion_search));
    if (!made)
        return fail(made.error.release());
    graph = std::move(made.index);
    return stage_room(dims);
}

EXPORT(index_reserve) bool index_reserve(std::uint32_t vectors) {
    return graph.try_reserve(index_limits_t(vectors, 1)) || fail("out of memory");
}

EXPORT(index_add) bool index_add(double key, float const* vector) {
    if (!stage(vector))
        return false;
    auto added = with_staged([&](auto const* stored) { return graph.add(std::uint64_t(key), stored); });
    return bool(added) || fail(added.error.release());
}

// Writes up to `k` keys and distances, nearest first; returns how many.
EXPORT(index_search) std::int32_t index_search(float const* query, std::uint32_t k, double* keys, float* distances) {
    if (!stage(query))
        return -1;
    auto found = with_staged([&](auto const* stored) { return graph.search(stored, k); });
    if (!found) {
        failure = found.error.release();
        return -1;
    }
    for (std::size_t i = 0; i != found.count; ++i) {
        keys[i] = double(std::uint64_t(found[i].member.key));
        distances[i] = found[i].distance;
    }
    return std::int32_t(found.count);
}

EXPORT(index_remove) std::int32_t index_remove(double key) {
    auto removed = graph.remove(std::uint64_t(key));
    if (removed)
        return std::int32_t(removed.completed);
    failure = removed.error.release();
    return -1;
}

EXPORT(index_expansion) void index_expansion(std::uint32_t add, std::uint32_t search) {
    graph.change_expansion_add(add);
    graph.change_expansion_search(search);
}

EXPORT(index_save_bytes) std::uint32_t index_save_bytes() { return graph.serialized_length(); }

EXPORT(index_save) bool index_save(byte_t* out) {
    auto saved = graph.save_to_stream([&](void const* from, std::size_t bytes) {
        std::memcpy(out, from, bytes);
        out += bytes;
        return true;
    });
    return bool(saved) || fail(saved.error.release());
}

// Looks over the vectors of a file: -1 if one is not finite or so long that sums could overflow, 1 if all have
// unit length but for rounding, else 0.
EXPORT(index_survey)
std::int32_t index_survey(std::size_t rows, std::uint32_t count, std::uint32_t dims, scalar_kind_t scalar) {
    bool const half = scalar == scalar_kind_t::f16_k;
    if (scalar == scalar_kind_t::i8_k)
        return 0;
    bool units = true;
    for (std::size_t row = rows, end = rows + std::size_t(count) * dims * (half ? 2 : 4); row != end; row += dims * (half ? 2 : 4)) {
        float const squares = half ? sum<Product>(f16(row), f16(row), dims) : sum<Product>(f32(row), f32(row), dims);
        if (!(squares <= 1e36f) || (half && !finite(f16(row).at, dims)))
            return -1;
        units &= std::fabs(squares - 1) <= (half ? 1e-3f : 1e-5f);
    }
    return units;
}

// `units`: every vector in the file has unit length, so that cosine needs one dot product only.
EXPORT(index_load) bool index_load(byte_t const* from, std::uint32_t length, bool units) {
    byte_t const* const end = from + length;
    auto loaded = graph.load_from_stream([&](void* to, std::size_t bytes) {
        if (bytes > std::size_t(end - from))
            return false;
        std::memcpy(to, from, bytes);
        from += bytes;
        return true;
    });
    if (!loaded)
        return fail(loaded.error.release());
    if (!choose(graph.metric_kind(), graph.scalar_kind(), units))
        return fail("this metric does not go with this scalar type");
    if (!graph.try_change_metric(punned(graph.dimensions(), graph.metric_kind(), graph.scalar_kind(), units)))
        return fail("out of memory");
    return stage_room(graph.dimensions());
}
