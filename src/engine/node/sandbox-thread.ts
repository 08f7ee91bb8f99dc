/**
 * Entry of a sandbox thread (dist/node/sandbox.js): runs `edge-net.sandbox.js` in a context that has the language, a
 * port, and little else.
 *
 * Guests are WASM modules without imports, so there is nothing they could call; what is done here is depth. In the context
 * no text becomes code and nothing can be imported. An object that came from this side would lead back to it, so this
 * side gives up what it has as well: its globals, and the constructors that compile text.
 */
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { moveMessagePortToContext, workerData, type MessagePort } from 'node:worker_threads';
import type { SandboxData } from '../adapters/pool/node-sandbox.js';
import { stripGlobals } from '../sandbox/strip-globals.js';

const { script, port, spawnedAt } = workerData as SandboxData;
const code = readFileSync(new URL(script), 'utf8');

const { TextEncoder, TextDecoder, AbortController, AbortSignal, DOMException, setTimeout, clearTimeout, setImmediate, atob, btoa } = globalThis;
// As in a browser's worker, time begins with the thread.
const originMs = spawnedAt - performance.timeOrigin;
const processNow = performance.now.bind(performance);
const now = (): number => processNow() - originMs;
const equipment = { TextEncoder, TextDecoder, AbortController, AbortSignal, DOMException, setTimeout, clearTimeout, setImmediate, atob, btoa, performance: { now } };

const context = createContext(Object.assign(Object.create(null), equipment), { codeGeneration: { strings: false, wasm: true } });
const inner = moveMessagePortToContext(port, context);

stripGlobals(globalThis);
for (const sample of [function () {}, async function () {}, function* () {}, async function* () {}]) {
  Object.defineProperty(Object.getPrototypeOf(sample), 'constructor', { value: undefined });
}

runInContext(code, context, { filename: 'edge-net.sandbox.js' });
(runInContext('(port) => onmessage({ ports: [port] })', context) as (port: unknown) => void)(inner);
(inner as MessagePort).start();
