import { decode } from '../../src/kernels/codec.js';
import { nodeRunner } from '../contract/node-runner.js';
import { poolContract } from '../contract/pool.js';
import { createSimulatedPool, type Behaviour } from '../doubles/pool.js';
import { threadPool } from './fixtures/threads.js';
import { VirtualClock } from './fixtures/virtual-clock.js';

poolContract('threads', { open: threadPool, settle: (promise) => promise }, nodeRunner);

const clock = new VirtualClock();

function behave({ kind, version, payload }: { kind: string; version: number; payload: Uint8Array }): Behaviour {
  const codes = { refuse: 'bad-input', large: 'limit-exceeded' } as const;
  if (version !== 1) return { does: 'fail', ms: 0, code: 'unsupported' };
  if (kind === 'echo' || (kind === 'small' && payload.length <= 100)) return { does: 'work', ms: 5 };
  if (kind === 'small') return { does: 'fail', ms: 1, code: 'payload-too-large' };
  if (kind === 'steps') return { does: 'work', ms: (decode(payload) as { readonly steps: number }).steps };
  if (kind === 'stuck') return { does: 'hang' };
  if (kind === 'crash') return { does: 'crash', ms: 1 };
  if (kind === 'refuse' || kind === 'large') return { does: 'fail', ms: 1, code: codes[kind] };
  return { does: 'fail', ms: 0, code: 'unsupported' };
}

poolContract('double', { open: ({ size }) => createSimulatedPool({ clock, size, behave }), settle: (promise) => clock.settle(promise) }, nodeRunner);
