"""Spiking networks in NumPy's 32-bit floats, which neither fuses operations nor flushes subnormal numbers."""
import numpy as np

from vectors import case, f32, layer, write

np.seterr(all='ignore')
rng = np.random.default_rng(20261122)


def currents(weights, bias, x):
    """All neurons at once, one input after the other."""
    total = np.zeros(len(weights), dtype=f32)
    for column, value in zip(weights.T, x):
        total = total + column * value
    return total + bias


def run(layers, timesteps, inputs):
    counts, membranes = [], []
    for sample in inputs:
        mem = [np.zeros(len(each['weights']), dtype=f32) for each in layers]
        count = np.zeros(len(mem[-1]), dtype=np.uint32)
        for t in range(timesteps):
            x = sample if sample.ndim == 1 else sample[t]
            for i, each in enumerate(layers):
                into = currents(each['weights'], each.get('bias', f32(0)), x)
                reset = (mem[i] > each['threshold']).astype(f32)
                beta = np.clip(each['beta'], f32(0), f32(1))
                if each['reset'] == 'zero':
                    mem[i] = beta * ((f32(1) - reset) * mem[i]) + into
                else:
                    mem[i] = (beta * mem[i] + into) - reset * each['threshold']
                x = (mem[i] > each['threshold']).astype(f32)
                assert x.dtype == mem[i].dtype == f32
            count += x.astype(np.uint32)
        counts.append(count)
        membranes.append(mem[-1])
    return np.array(counts), np.array(membranes)


def normal(*shape, scale=1.0):
    return (rng.standard_normal(shape) * scale).astype(f32)


def uniform(low, high, *shape):
    return rng.uniform(low, high, shape).astype(f32)


def make(name, layers, timesteps, inputs):
    return case(name, layers, timesteps, inputs, *run(layers, timesteps, inputs))


def extremes(reset, most=1.5e38):
    """Currents beyond the largest float: infinite membranes, differences of infinities, and zero times infinity."""
    weights = uniform(-1, 1, 11, 6) * f32(most)
    return [
        layer(weights, [0, 0.5, 1, 0.9, 0, 1, 0.2, 0.99, 0, 1, 0.7], [1, 3e38, -3e38, 0, 1, 1, 1e30, -1, 5, 1, 2], reset),
        layer(normal(5, 11) * f32(1e38), 0.97, [1, 1e38, -1e38, 1e-40, 3.4e38], reset, bias=normal(5) * f32(3e37)),
    ]


wide = layer(normal(37, 101, scale=0.2), 0.95, 1, 'subtract', bias=normal(37, scale=0.1))
wide_input = normal(1, 20, 101)
assert np.any(currents(wide['weights'], wide['bias'], wide_input[0, 0]) != wide['weights'] @ wide_input[0, 0] + wide['bias']), 'the order has to matter'

tiny = uniform(-1, 1, 9, 8) * f32(3e-39)
signed_zeros = np.where(rng.random((6, 5)) < 0.5, f32(-0.0), f32(0))

write('numpy.json', f'numpy_oracle.py, NumPy {np.__version__}', [
    make('one layer, subtract', [layer(normal(7, 5), 0.9, 1, 'subtract')], 30, normal(1, 30, 5)),
    make('one layer, zero', [layer(normal(7, 5), 0.9, 1, 'zero')], 30, normal(1, 30, 5)),
    make('sums that depend on their order', [wide], 20, wide_input),
    make('everything for each neuron', [layer(normal(13, 9), uniform(0, 1, 13), uniform(0.1, 2, 13), 'zero', bias=normal(13, scale=0.3))], 40, normal(1, 40, 9)),
    make('thresholds below zero', [layer(normal(10, 4), 0.8, uniform(-1, 0.2, 10), 'subtract'), layer(normal(3, 10), 0.8, -0.5, 'zero')], 25, normal(2, 25, 4)),
    make('beta beyond its range', [layer(normal(8, 6), [-0.5, 1.5, 0, 1, 0.5, -1e9, 1e9, 2], 1, 'subtract')], 25, normal(1, 25, 6)),
    make('three layers, held input, a batch', [
        layer(normal(34, 21, scale=0.3), 0.9, 1, 'subtract', bias=normal(34, scale=0.1)),
        layer(normal(19, 34, scale=0.3), uniform(0.5, 1, 19), uniform(0.5, 1.5, 19), 'zero'),
        layer(normal(6, 19, scale=0.4), 0.85, 1, 'subtract', bias=normal(6, scale=0.2)),
    ], 50, normal(3, 21)),
    make('a sparse sequence', [layer(normal(16, 40, scale=0.4), 0.9, 1, 'subtract'), layer(normal(4, 16, scale=0.5), 0.9, 1, 'subtract')], 30,
         np.where(rng.random((2, 30, 40)) < 0.1, f32(1), f32(0))),
    make('subnormal numbers', [layer(tiny, 0.93, uniform(0, 1, 9) * f32(1e-38), 'subtract')], 40, uniform(-1, 1, 1, 40, 8)),
    make('subnormal numbers and spikes', [layer(tiny, 0.93, uniform(0, 1, 9) * f32(4e-39), 'zero'), layer(uniform(-1, 1, 6, 9) * f32(9e-44), 0.6, f32(4e-44), 'zero')], 40, uniform(-1, 1, 1, 40, 8)),
    make('signed zeros', [layer(signed_zeros, [0, 1, 0.5, 0, 1, 0.5], [-0.0, 0, -0.0, -1, -1, -1], 'subtract', bias=np.full(6, -0.0)), layer(np.full((3, 6), -0.0), 1, [-1, 0, 1], 'zero')], 6,
         np.where(rng.random((1, 6, 5)) < 0.5, f32(-0.0), f32(-1))),
    make('beyond the largest float, subtract', extremes('subtract')[:1], 4, uniform(-1, 1, 2, 4, 6)),
    make('beyond the largest float, zero', extremes('zero')[:1], 12, uniform(-1, 1, 2, 12, 6)),
    make('far beyond the largest float, subtract', extremes('subtract', 3.4e38)[:1], 12, uniform(-2, 2, 2, 12, 6)),
    make('far beyond the largest float, zero', extremes('zero', 3.4e38)[:1], 12, uniform(-2, 2, 2, 12, 6)),
    make('beyond the largest float, two layers', extremes('subtract'), 12, uniform(-1, 1, 2, 12, 6)),
])
