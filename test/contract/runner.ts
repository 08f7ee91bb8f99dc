/** What a contract suite needs of a test runner, so that the same suite runs under node:test and in a browser. */

export interface Runner {
  test(name: string, body: () => Promise<void>): void;
  /** Deep and strict. */
  equal(actual: unknown, expected: unknown, message?: string): void;
}

/** The `code` of what a promise rejects with; `undefined` where it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : `no code: ${String(error)}`;
  }
}
