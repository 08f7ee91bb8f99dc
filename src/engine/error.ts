/** The one error class users meet. Its message says what to do; `docs` leads to more. */
import type { EdgeNetErrorCode } from './core/code.js';

export type { EdgeNetErrorCode };

const DOCS = 'https://github.com/ruvnet/edge-net/blob/main/docs/errors.md';

/** Failures that may go away when the same call is made again. */
const RETRYABLE: ReadonlySet<EdgeNetErrorCode> = new Set<EdgeNetErrorCode>([
  'relay-unreachable', 'relay-rejected', 'rate-limited', 'queue-full', 'no-workers', 'no-consensus', 'timeout', 'kernel-failed', 'identity-busy', 'paused',
]);

export interface EdgeNetErrorDetails {
  readonly retryAfterMs?: number;
  readonly taskId?: string;
  readonly cause?: unknown;
}

export class EdgeNetError extends Error {
  readonly code: EdgeNetErrorCode;
  readonly docs: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly taskId: string | undefined;

  constructor(code: EdgeNetErrorCode, message: string, details: EdgeNetErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'EdgeNetError';
    this.code = code;
    this.docs = `${DOCS}#${code}`;
    this.retryable = RETRYABLE.has(code);
    this.retryAfterMs = details.retryAfterMs;
    this.taskId = details.taskId;
  }
}
