// Exact nearest neighbours by scanning every row: what one-shot payloads use, since building a graph pays only
// after thousands of queries. The caller walks tiles of (queries x rows), rows ascending, to keep its own time.
#include "simd.hpp"
#include "exports.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace {

// Rows that stay in the first-level cache while the queries of a tile pass over them.
constexpr std::uint32_t ROWS_A_BLOCK = 16;

struct Match {
    float score;
    std::uint32_t row;
};

struct {
    char metric;
    std::uint32_t dims, k;
    float const *queries, *rows;
    double *query_norms, *row_norms;
    Match* matches; // k a query, best first
    std::uint32_t* counts;
} plan;

Floats query_at(std::uint32_t i) { return {plan.queries + std::size_t(i) * plan.dims}; }
Floats row_at(std::uint32_t i) { return {plan.rows + std::size_t(i) * plan.dims}; }

float cosine(float dot, double a, double b) {
    if (a == 0 || b == 0)
        return 0;
    // Rounding may leave the range of a cosine; adding zero turns a -0 into 0.
    return std::min(1.0f, std::max(-1.0f, float(double(dot) / (a * b)))) + 0.0f;
}

float score(std::uint32_t query, std::uint32_t row) {
    Floats const a = query_at(query), b = row_at(row);
    switch (plan.metric) {
    case 'e': return 0.0f - sum<SquaredDifference>(a, b, plan.dims);
    case 'i': return sum<Product>(a, b, plan.dims);
    default: return cosine(sum<Product>(a, b, plan.dims), plan.query_norms[query], plan.row_norms[row]);
    }
}

float measuring_cosine(std::uint32_t row) {
    Sums const sums = product_and_squares(query_at(0), row_at(row), plan.dims);
    plan.row_norms[row] = std::sqrt(double(sums.squares));
    return cosine(sums.product, plan.query_norms[0], plan.row_norms[row]);
}

// Rows come in ascending order, so an equal score goes behind those already there: the lower row wins.
void offer(std::uint32_t query, Match match) {
    Match* best = plan.matches + std::size_t(query) * plan.k;
    std::uint32_t& count = plan.counts[query];
    if (count == plan.k) {
        if (!(match.score > best[count - 1].score))
            return;
        --count;
    }
    Match* place = std::upper_bound(best, best + count, match, [](Match a, Match b) { return a.score > b.score; });
    std::move_backward(place, best + count, best + count + 1);
    *place = match;
    ++count;
}

} // namespace

// Returns 0, or 1 when memory has run out.
EXPORT(scan_begin)
std::uint32_t scan_begin(char metric, std::uint32_t dims, std::uint32_t k, float const* queries,
                         std::uint32_t query_count, float const* rows, std::uint32_t row_count) {
    plan = {metric, dims, k, queries, rows};
    plan.query_norms = static_cast<double*>(std::calloc(query_count, sizeof(double)));
    plan.row_norms = static_cast<double*>(std::calloc(row_count, sizeof(double)));
    plan.matches = static_cast<Match*>(std::calloc(std::size_t(query_count) * k, sizeof(Match)));
    plan.counts = static_cast<std::uint32_t*>(std::calloc(query_count, sizeof(std::uint32_t)));
    if (!plan.query_norms || !plan.row_norms || !plan.matches || !plan.counts)
        return 1;
    if (metric == 'c')
        for (std::uint32_t query = 0; query != query_count; ++query)
            plan.query_norms[query] = std::sqrt(double(sum<Product>(query_at(query), query_at(query), dims)));
    return 0;
}

EXPORT(scan)
void scan(std::uint32_t query_begin, std::uint32_t query_end, std::uint32_t row_begin, std::uint32_t row_end) {
    for (std::uint32_t block = row_begin; block < row_end; block += ROWS_A_BLOCK) {
        std::uint32_t const end = std::min(block + ROWS_A_BLOCK, row_end);
        std::uint32_t query = query_begin;
        // Query 0 is the first to meet a row, and measures it in passing.
        if (plan.metric == 'c' && query == 0 && query != query_end) {
            for (std::uint32_t row = block; row != end; ++row)
                offer(0, {measuring_cosine(row), row});
            ++query;
        }
        for (; query != query_end; ++query)
            for (std::uint32_t row = block; row != end; ++row)
                offer(query, {score(query, row), row});
    }
}

// `k` pairs a query of (float score, uint32 row), of which `scan_counts` says how many hold.
EXPORT(scan_matches) Match const* scan_matches() { return plan.matches; }
EXPORT(scan_counts) std::uint32_t const* scan_counts() { return plan.counts; }
