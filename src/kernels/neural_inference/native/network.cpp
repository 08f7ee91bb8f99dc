// A feed-forward network of such layers, bit for bit what reference.ts computes. A call advances one sample by some
// timesteps, layer by layer.
#include "neurons.hpp"

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace {

struct {
    Layer* layers;
    u32 layer_count, steps_max;
    Activity input, odd, even; // what layers send to each other is in `even` and `odd` by turns
    bool held;
    float* held_currents; // into the first layer
    u32* spike_counts;    // of the last layer
} net;

Layer& last_layer() { return net.layers[net.layer_count - 1]; }

} // namespace

// Zeroed memory for the caller, or null.
EXPORT(allocate) void* allocate(size_t bytes) { return take(bytes); }

// A network of so many layers that advances by at most so many timesteps a call. Returns 0, or 1 when memory has run out.
EXPORT(network_begin)
u32 network_begin(u32 layers, u32 steps_max) {
    net.layers = take_array<Layer>(layers);
    net.layer_count = 0;
    net.steps_max = steps_max;
    return net.layers ? 0 : 1;
}

// Adds the next layer. `weights` (row-major, a row a neuron) is copied; `bias`, `beta` and `threshold` have
// the neurons rounded up to a multiple of four, and stay in use. Returns 0, or 1 when memory has run out.
EXPORT(network_add)
u32 network_add(u32 inputs, u32 neurons, float const* weights, float* bias, float* beta, float* threshold, u32 resets_to_zero) {
    Layer& layer = net.layers[net.layer_count++];
    layer = {inputs, neurons, resets_to_zero != 0, nullptr, bias, beta, threshold, nullptr};
    layer.weights = take_array<float>(size_t(layer.lanes()) * inputs);
    layer.membrane = take_array<float>(layer.lanes());
    if (!layer.weights || !layer.membrane)
        return 1;
    for_tiles(layer, Pack{layer, weights});
    return 0;
}

// After the last layer. `held`: a sample's input is one row, the same at every timestep. Returns 0, or 1 when memory has run out.
EXPORT(network_ready)
u32 network_ready(u32 held) {
    net.held = held != 0;
    u32 widest = 0;
    for (u32 i = 0; i + 1 < net.layer_count; ++i)
        widest = widest < net.layers[i].neurons ? net.layers[i].neurons : widest;
    net.held_currents = take_array<float>(net.layers[0].lanes());
    net.spike_counts = take_array<u32>(last_layer().lanes());
    bool const fits = net.held_currents && net.spike_counts && net.input.reserve(net.steps_max, net.layers[0].inputs, true) &&
                      net.even.reserve(net.steps_max, widest, false) && net.odd.reserve(net.steps_max, widest, false);
    return fits ? 0 : 1;
}

// Before a sample's first timestep. `input` is read only where it is held.
EXPORT(sample_begin)
void sample_begin(float const* input) {
    for (u32 i = 0; i < net.layer_count; ++i)
        __builtin_memset(net.layers[i].membrane, 0, net.layers[i].lanes() * sizeof(float));
    __builtin_memset(net.spike_counts, 0, last_layer().lanes() * sizeof(u32));
    if (net.held) {
        net.input.note_amounts(input, 1);
        for_tiles(net.layers[0], Drive{net.layers[0], net.input, net.held_currents});
    }
}

// The sample's next timesteps, at most `steps_max`. `input` has a row for each of them; where it is held, it is not read.
EXPORT(sample_advance)
void sample_advance(float const* input, u32 steps) {
    if (!net.held)
        net.input.note_amounts(input, steps);
    Source source = net.held ? Source{nullptr, net.held_currents} : Source{&net.input, nullptr};
    for (u32 i = 0; i < net.layer_count; ++i) {
        Sink sink = {nullptr, net.spike_counts};
        if (i + 1 < net.layer_count) {
            sink = {i % 2 ? &net.odd : &net.even, nullptr};
            sink.spikes->clear(steps);
        }
        for_tiles(net.layers[i], Advance{net.layers[i], source, sink, steps});
        source = {sink.spikes, nullptr};
    }
}

// Of the last layer, one a neuron.
EXPORT(spike_counts) u32 const* spike_counts() { return net.spike_counts; }
EXPORT(membranes) float const* membranes() { return last_layer().membrane; }
