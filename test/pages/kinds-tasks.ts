/** One small task of every kind, as JSON: what the command line takes, and a page as well. Bytes are base64. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './harness.js';

export interface KindTask {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytes = (length: number, step: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * step) & 0xff);
/** Numbers between -1 and 1 that look like nothing, and are the same everywhere. */
const numbers = (count: number, seed: number): number[] => Array.from({ length: count }, (_, i) => (Math.imul(i + seed, 0x9e3779b1) >>> 16) / 32_768 - 1);
const rows = (count: number, width: number, seed: number): number[][] => Array.from({ length: count }, (_, i) => numbers(width, seed + i * width));

export const DIMS = 16;
const vectorsOf = (count: number): number[][] => rows(count, DIMS, 7);

export async function kindTasks(): Promise<readonly KindTask[]> {
  const module = await readFile(join(ROOT, 'examples/guests/c/sha256.wasm'));
  return [
    { type: 'vector_search', payload: { query: vectorsOf(3), vectors: vectorsOf(500), k: 5 } },
    { type: 'embedding', payload: { texts: ['The cat sat on the mat.', 'Stocks fell on Monday.'], model: 'use-lite' } },
    {
      type: 'semantic_match',
      payload: { task: 'Fix the failing database query', agents: [{ id: 'cook', description: 'Writes recipes and plans meals' }, { id: 'backend', description: 'Debugs SQL and server code' }, { id: 'painter', description: 'Draws illustrations' }] },
    },
    {
      type: 'neural_inference',
      payload: { layers: [{ weights: rows(32, 24, 1), beta: 0.9 }, { weights: rows(8, 32, 2), beta: 0.8, reset: 'zero' }], timesteps: 20, input: numbers(24, 3), membranes: true },
    },
    { type: 'encryption', payload: { op: 'encrypt', data: base64(bytes(100_000, 31)), key: base64(bytes(32, 5)), iv: base64(bytes(12, 11)) } },
    { type: 'compression', payload: { op: 'compress', vectors: rows(64, 32, 5), maxError: 0.01 } },
    { type: 'custom_wasm', payload: { module: base64(module), input: base64(Buffer.from('abc')), fuel: 100_000 } },
  ];
}

/** To be bought in this order, with the collection added. */
export function collectionTasks(): readonly KindTask[] {
  return [
    { type: 'vector_insert', payload: { vectors: vectorsOf(400) } },
    { type: 'vector_search', payload: { query: vectorsOf(3), k: 5 } },
  ];
}
