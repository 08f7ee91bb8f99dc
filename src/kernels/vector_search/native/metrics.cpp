#include "metrics.hpp"

#include <cmath>

using namespace unum::usearch;

Staged staged;

namespace {

float const* fine(std::size_t address) {
    return address == reinterpret_cast<std::size_t>(staged.stored) ? staged.floats : nullptr;
}

float from_product(float product) { return 1 - product; }
float from_cosine(float product, float a, float b) {
    return a > 0 && b > 0 ? 1 - product / (std::sqrt(a) * std::sqrt(b)) : 1;
}

// Unit vectors and inner products alike: one dot product.
template <class Left, class Right> float angle_of_units(Left a, Right b, std::size_t n) {
    return from_product(sum<Product>(a, b, n));
}
template <class Left, class Right> float angle(Left a, Right b, std::size_t n) {
    return from_cosine(sum<Product>(a, b, n), sum<Product>(a, a, n), sum<Product>(b, b, n));
}
template <class Left, class Right> float distance(Left a, Right b, std::size_t n) {
    return sum<SquaredDifference>(a, b, n);
}

#define METRIC(name)                                                                                                  \
    float name##_f32(std::size_t a, std::size_t b, std::size_t n) { return name(f32(a), f32(b), n); }                  \
    float name##_f16(std::size_t a, std::size_t b, std::size_t n) {                                                    \
        float const* floats = fine(a);                                                                                 \
        return floats ? name(Floats{floats}, f16(b), n) : name(f16(a), f16(b), n);                                     \
    }
METRIC(angle_of_units)
METRIC(angle)
METRIC(distance)
#undef METRIC

float angle_i8(std::size_t a, std::size_t b, std::size_t n) {
    std::int32_t const squares = fine(a) ? staged.squares : dot(i8(a), i8(a), n);
    return from_cosine(float(dot(i8(a), i8(b), n)), float(squares), float(dot(i8(b), i8(b), n)));
}

} // namespace

metric_function_t choose(metric_kind_t metric, scalar_kind_t scalar, bool units) {
    bool const half = scalar == scalar_kind_t::f16_k;
    if (scalar == scalar_kind_t::i8_k)
        return metric == metric_kind_t::cos_k ? angle_i8 : nullptr;
    if (!half && scalar != scalar_kind_t::f32_k)
        return nullptr;
    switch (metric) {
    case metric_kind_t::cos_k:
        if (!units)
            return half ? angle_f16 : angle_f32;
        [[fallthrough]];
    case metric_kind_t::ip_k: return half ? angle_of_units_f16 : angle_of_units_f32;
    case metric_kind_t::l2sq_k: return half ? distance_f16 : distance_f32;
    default: return nullptr;
    }
}
