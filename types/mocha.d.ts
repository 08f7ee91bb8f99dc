/** As much of the browser test runner's Mocha interface as the tests use. */
interface TestContext {
  timeout(ms: number): void;
  skip(): void;
}
type TestBody = (this: TestContext) => unknown;

declare function describe(subject: string, body: (this: TestContext) => void): void;
declare namespace it {
  function skip(behaviour: string, body?: TestBody): void;
}
declare function it(behaviour: string, body?: TestBody): TestContext;
declare function before(body: TestBody): void;
declare function after(body: TestBody): void;
declare function beforeEach(body: TestBody): void;
declare function afterEach(body: TestBody): void;
