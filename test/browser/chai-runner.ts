import { expect } from '@open-wc/testing';
import type { Runner } from '../contract/runner.js';

/** Contract suites under Mocha. */
export const chaiRunner: Runner = {
  test: (name, body) => void it(name, body),
  equal: (actual, expected, message) => expect(actual, message).to.deep.equal(expected),
};

/** A file of `test/vectors`. */
export async function loadVectors(name: string): Promise<unknown> {
  return (await fetch(new URL(`../vectors/${name}.json`, import.meta.url))).json();
}
