/** The pool's half in the thread of the engine, as one script. */
export { systemClock } from '../src/engine/adapters/clock.js';
export { nodeThreads } from '../src/engine/adapters/pool/node-thread.js';
export { createPool } from '../src/engine/adapters/pool/pool.js';
