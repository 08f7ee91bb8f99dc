import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Runner } from './runner.js';

export const nodeRunner: Runner = {
  test: (name, body) => void test(name, body),
  equal: (actual, expected, message) => assert.deepEqual(actual, expected, message),
};

/** A file of `test/vectors`. */
export async function loadVectors(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
}
