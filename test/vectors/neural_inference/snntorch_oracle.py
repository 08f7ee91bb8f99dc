"""
The same networks in snnTorch itself: `torch.nn.Linear` into `snntorch.Leaky`. PyTorch adds in an order of its own, so
weights, biases and inputs are multiples of small powers of two, whose sums are exact in any order; what follows from them
(decay, reset, threshold) is not.
"""
import sys

import numpy as np
import snntorch
import torch

from vectors import case, f32, layer, write

rng = np.random.default_rng(7)
torch.set_num_threads(1)


def grid(parts, most, *shape):
    return (rng.integers(-most * parts, most * parts + 1, shape) / parts).astype(f32)


def run(layers, timesteps, inputs):
    linears, leakies = [], []
    for each in layers:
        neurons, width = each['weights'].shape
        linear = torch.nn.Linear(width, neurons, bias='bias' in each)
        linear.weight.data = torch.from_numpy(each['weights'])
        if 'bias' in each:
            linear.bias.data = torch.from_numpy(each['bias'])
        linears.append(linear)
        leakies.append(snntorch.Leaky(beta=torch.from_numpy(each['beta']), threshold=torch.from_numpy(each['threshold']), reset_mechanism=each['reset']))
    samples = torch.from_numpy(inputs)
    membranes = [torch.zeros(len(samples), len(each['weights'])) for each in layers]
    counts = torch.zeros(membranes[-1].shape)
    with torch.no_grad():
        for t in range(timesteps):
            x = samples if samples.ndim == 2 else samples[:, t]
            for i, (linear, leaky) in enumerate(zip(linears, leakies)):
                current = linear(x)
                assert torch.equal(current.double(), linear.double()(x.double())), 'the sums have to be exact'
                linear.float()
                x, membranes[i] = leaky(current, membranes[i])
            counts += x
    return counts.numpy(), membranes[-1].numpy()


def make(name, layers, timesteps, inputs):
    return case(name, layers, timesteps, inputs, *run(layers, timesteps, inputs))


def uniform(low, high, *shape):
    return rng.uniform(low, high, shape).astype(f32)


def deep(reset):
    return [
        layer(grid(64, 1, 24, 12), 0.9, 1, reset, bias=grid(64, 1, 24)),
        layer(grid(64, 1, 17, 24), uniform(0.3, 1.2, 17), uniform(0.2, 2, 17), reset),
        layer(grid(64, 1, 5, 17), 0.77, 0.61, reset, bias=grid(64, 1, 5)),
    ]


write('snntorch.json', f'snntorch_oracle.py, snnTorch {snntorch.__version__} (commit {sys.argv[1]}), PyTorch {torch.__version__}', [
    make('three layers, subtract', deep('subtract'), 40, grid(16, 2, 2, 40, 12)),
    make('three layers, zero', deep('zero'), 40, grid(16, 2, 2, 40, 12)),
    make('held input', deep('subtract')[:2], 60, grid(16, 2, 3, 12)),
    make('beta beyond its range, thresholds below zero', [
        layer(grid(64, 1, 20, 9), uniform(-0.5, 1.5, 20), uniform(-1, 1, 20), 'subtract'),
        layer(grid(64, 1, 6, 20), uniform(-0.5, 1.5, 6), uniform(-1, 1, 6), 'zero'),
    ], 30, grid(16, 1, 2, 30, 9)),
])
