/** What Mocha puts on the global object of a test page. */
declare function describe(name: string, body: () => void): void;
declare namespace it {
  function skip(name: string, body?: () => unknown): void;
}
declare function it(name: string, body?: (this: { timeout(ms: number): void; skip(): void }) => unknown): void;
declare function before(body: (this: { timeout(ms: number): void }) => unknown): void;
declare function after(body: () => unknown): void;
declare function beforeEach(body: () => unknown): void;
declare function afterEach(body: () => unknown): void;
