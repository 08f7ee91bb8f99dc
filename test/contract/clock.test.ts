import { systemClock, systemRandom } from '../../src/engine/adapters/clock.js';
import { clockContract, randomContract } from './clock.js';
import { nodeRunner } from './node-runner.js';

clockContract('system', () => ({ clock: systemClock, until: (promise) => promise }), nodeRunner);
randomContract('system', () => systemRandom, nodeRunner);
