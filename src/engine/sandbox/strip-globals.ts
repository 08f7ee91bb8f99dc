/**
 * Takes from a global scope all that is not on a short list: what the language itself has, and what the compute loop
 * needs. Where guests run, reach is denied by other means already (no imports, an opaque origin, a policy); this is one
 * more wall behind those.
 */

const LANGUAGE = [
  'globalThis', 'Infinity', 'NaN', 'undefined', 'isFinite', 'isNaN', 'parseFloat', 'parseInt', 'decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent',
  'Object', 'Function', 'Boolean', 'Symbol', 'Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError',
  'Number', 'BigInt', 'Math', 'Date', 'String', 'RegExp', 'Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry', 'Iterator',
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigInt64Array', 'BigUint64Array', 'Float32Array', 'Float64Array',
  'ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Atomics', 'JSON', 'Promise', 'Reflect', 'Proxy', 'Intl', 'WebAssembly',
];
/** Time, text, and a way to be told to stop: nothing that leads out. */
const COMPUTE_LOOP = ['performance', 'setTimeout', 'clearTimeout', 'setImmediate', 'MessageChannel', 'AbortController', 'AbortSignal', 'DOMException', 'TextEncoder', 'TextDecoder', 'atob', 'btoa'];

const KEPT: ReadonlySet<PropertyKey> = new Set([...LANGUAGE, ...COMPUTE_LOOP]);

/** Own properties and those of the scope's interfaces; signals need the methods of `EventTarget`. */
export function stripGlobals(scope: object): void {
  const ends = [Object.prototype, globalThis.EventTarget?.prototype, null];
  for (let holder: object | null = scope; !ends.includes(holder as never); holder = Object.getPrototypeOf(holder) as object | null) {
    for (const name of Reflect.ownKeys(holder!)) if (!KEPT.has(name)) Reflect.deleteProperty(holder!, name);
  }
}
