"""How a case is written down: the payload as one would submit it, floats in base64, and what has to come out."""
import base64
import json
import pathlib

import numpy as np

f32 = np.float32


def text(values, kind='<f4'):
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode()


def layer(weights, beta, threshold, reset, bias=None):
    """Any of beta, threshold: a number or one for each neuron."""
    as_array = lambda values: np.atleast_1d(np.asarray(values, dtype=f32))
    made = {'weights': np.asarray(weights, dtype=f32), 'beta': as_array(beta), 'threshold': as_array(threshold), 'reset': reset}
    return made if bias is None else {**made, 'bias': as_array(bias)}


def case(name, layers, timesteps, inputs, spike_counts, membranes):
    """inputs: [samples, n] held for all timesteps, or [samples, timesteps, n]; results: [samples, neurons]."""
    membranes = np.array(membranes, dtype=f32)
    membranes[np.isnan(membranes)] = np.array(0x7FC00000, dtype=np.uint32).view(f32)
    written = [
        {'shape': list(each['weights'].shape), 'reset': each['reset'], **{key: text(value) for key, value in each.items() if key != 'reset'}}
        for each in layers
    ]
    return {
        'name': name,
        'payload': {'layers': written, 'timesteps': timesteps, 'inputs': text(inputs), 'samples': len(inputs), 'membranes': True},
        'spikeCounts': text(spike_counts, '<u4'),
        'membranes': text(membranes),
    }


def write(file, source, cases):
    lines = ',\n'.join(json.dumps(each) for each in cases)
    (pathlib.Path(__file__).parent / file).write_text(f'{{"source": {json.dumps(source)}, "cases": [\n{lines}\n]}}\n')
