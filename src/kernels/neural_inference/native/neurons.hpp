// One layer of leaky integrate-and-fire neurons in 128-bit SIMD.
//
// Neurons lie in lanes, so each one's sum runs over its inputs in ascending order, from +0. Such a sum is never -0,
// and weights are finite, so leaving out the inputs that are zero leaves every bit as it is: a layer walks the list
// of spikes of the layer before it. No relaxed SIMD, no fused multiply-add: their results differ between processors.
#pragma once
#include "memory.hpp"
#include <wasm_simd128.h>

constexpr u32 LANES = 4;

struct Layer {
    u32 inputs, neurons;
    bool resets_to_zero;
    // Tile after tile; within one, the weights of its lanes lie together, input after input.
    float* weights;
    float *bias, *beta, *threshold; // one a lane, lanes past the last neuron zero
    float* membrane;

    u32 lanes() const { return round_up(neurons, LANES); }
};

// A list of inputs that are not zero for each timestep. Spikes have no amounts: they are all 1.
struct Activity {
    u32 width;
    u32* counts;
    u32* inputs; // ascending
    float* amounts;

    bool reserve(u32 steps, u32 inputs_max, bool with_amounts) {
        width = inputs_max;
        counts = take_array<u32>(steps);
        inputs = take_array<u32>(size_t(steps) * width);
        amounts = with_amounts ? take_array<float>(size_t(steps) * width) : nullptr;
        return counts && inputs && (amounts || !with_amounts);
    }

    void clear(u32 steps) { __builtin_memset(counts, 0, steps * sizeof(u32)); }

    // The numbers of `steps` timesteps, a row each.
    void note_amounts(float const* row, u32 steps) {
        // In locals: the compiler has to assume that what is written to the lists changes the members.
        u32 const row_width = width;
        u32* list = inputs;
        float* list_amounts = amounts;
        for (u32 step = 0; step < steps; ++step, row += row_width, list += row_width, list_amounts += row_width) {
            u32 count = 0;
            for (u32 i = 0; i < row_width; ++i) {
                list[count] = i;
                list_amounts[count] = row[i];
                count += row[i] != 0;
            }
            counts[step] = count;
        }
    }

    // Four neurons of a layer, a bit each.
    void note_spikes(u32 step, u32 lane, u32 fired) {
        u32* const list = inputs + size_t(step) * width;
        for (u32& count = counts[step]; fired; fired &= fired - 1)
            list[count++] = lane + __builtin_ctz(fired);
    }
};

// What flows into a layer: activity, or currents that are the same at every timestep.
struct Source {
    Activity const* activity;
    float const* currents;
};

// Where its spikes go: to the next layer, or to a count for each neuron.
struct Sink {
    Activity* spikes;
    u32* counts;
};

// Calls `tile.run<Width>(lane)` for tiles of `Width` registers that cover all lanes of a layer, widest first. Eight
// registers of sums hide the latency of an addition.
template <class Tile> void for_tiles(Layer const& layer, Tile tile) {
    u32 const lanes = layer.lanes();
    u32 lane = 0;
    for (; lane + 32 <= lanes; lane += 32)
        tile.template run<8>(lane);
    if (lanes - lane >= 16) {
        tile.template run<4>(lane);
        lane += 16;
    }
    if (lanes - lane >= 8) {
        tile.template run<2>(lane);
        lane += 8;
    }
    if (lane < lanes)
        tile.template run<1>(lane);
}

template <u32 Width> struct Registers {
    v128_t of[Width];
};

// The currents into a tile: weighted sum first, bias last.
template <u32 Width> Registers<Width> currents(Layer const& layer, u32 lane, Activity const& activity, u32 step) {
    float const* const weights = layer.weights + size_t(lane) * layer.inputs;
    u32 const* input = activity.inputs + size_t(step) * activity.width;
    u32 const* const end = input + activity.counts[step];
    Registers<Width> sums;
    for (u32 j = 0; j < Width; ++j)
        sums.of[j] = wasm_f32x4_const_splat(0);
    if (activity.amounts) {
        float const* amount = activity.amounts + size_t(step) * activity.width;
        for (; input != end; ++input, ++amount) {
            v128_t const times = wasm_v128_load32_splat(amount);
            float const* const row = weights + size_t(*input) * (Width * LANES);
            for (u32 j = 0; j < Width; ++j)
                sums.of[j] = wasm_f32x4_add(sums.of[j], wasm_f32x4_mul(wasm_v128_load(row + j * LANES), times));
        }
    } else {
        for (; input != end; ++input) {
            float const* const row = weights + size_t(*input) * (Width * LANES);
            for (u32 j = 0; j < Width; ++j)
                sums.of[j] = wasm_f32x4_add(sums.of[j], wasm_v128_load(row + j * LANES));
        }
    }
    for (u32 j = 0; j < Width; ++j)
        sums.of[j] = wasm_f32x4_add(sums.of[j], wasm_v128_load(layer.bias + lane + j * LANES));
    return sums;
}

// One timestep of four neurons: reset, leak, integrate, fire. Gives the mask of those that fired.
inline v128_t fire(Layer const& layer, u32 lane, v128_t current) {
    v128_t const one = wasm_f32x4_const_splat(1);
    v128_t const beta = wasm_v128_load(layer.beta + lane), threshold = wasm_v128_load(layer.threshold + lane);
    v128_t membrane = wasm_v128_load(layer.membrane + lane);
    // Multiplied by 0 or 1 rather than selected: an infinite membrane has to become NaN as in the definition.
    v128_t const reset = wasm_v128_and(wasm_f32x4_gt(membrane, threshold), one);
    if (layer.resets_to_zero) {
        membrane = wasm_f32x4_mul(wasm_f32x4_sub(one, reset), membrane);
        membrane = wasm_f32x4_add(wasm_f32x4_mul(beta, membrane), current);
    } else {
        membrane = wasm_f32x4_add(wasm_f32x4_mul(beta, membrane), current);
        membrane = wasm_f32x4_sub(membrane, wasm_f32x4_mul(reset, threshold));
    }
    wasm_v128_store(layer.membrane + lane, membrane);
    return wasm_f32x4_gt(membrane, threshold);
}

// Some timesteps of a tile, whose weights stay in the cache meanwhile.
struct Advance {
    Layer const& layer;
    Source source;
    Sink sink;
    u32 steps;

    template <u32 Width> void run(u32 lane) const {
        for (u32 step = 0; step < steps; ++step) {
            Registers<Width> into;
            if (source.activity)
                into = currents<Width>(layer, lane, *source.activity, step);
            else
                for (u32 j = 0; j < Width; ++j)
                    into.of[j] = wasm_v128_load(source.currents + lane + j * LANES);
            for (u32 j = 0; j < Width; ++j)
                emit(step, lane + j * LANES, fire(layer, lane + j * LANES, into.of[j]));
        }
    }

    void emit(u32 step, u32 lane, v128_t fired) const {
        if (sink.spikes)
            sink.spikes->note_spikes(step, lane, wasm_i32x4_bitmask(fired));
        else
            wasm_v128_store(sink.counts + lane, wasm_i32x4_sub(wasm_v128_load(sink.counts + lane), fired));
    }
};

// The currents of an activity's first timestep.
struct Drive {
    Layer const& layer;
    Activity const& activity;
    float* into;

    template <u32 Width> void run(u32 lane) const {
        Registers<Width> const sums = currents<Width>(layer, lane, activity, 0);
        for (u32 j = 0; j < Width; ++j)
            wasm_v128_store(into + lane + j * LANES, sums.of[j]);
    }
};

// Row-major weights, a row a neuron, into the layer's tiles.
struct Pack {
    Layer const& layer;
    float const* rows;

    template <u32 Width> void run(u32 lane) const {
        float* const tile = layer.weights + size_t(lane) * layer.inputs;
        u32 const end = lane + Width * LANES < layer.neurons ? lane + Width * LANES : layer.neurons;
        for (u32 input = 0; input < layer.inputs; ++input)
            for (u32 neuron = lane; neuron < end; ++neuron)
                tile[size_t(input) * (Width * LANES) + (neuron - lane)] = rows[size_t(neuron) * layer.inputs + input];
    }
};
