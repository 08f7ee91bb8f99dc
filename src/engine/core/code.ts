/** The closed list of failure codes (API.md). Their wording and documentation: engine/error.ts. */
export const ERROR_CODES = [
  'config-invalid', 'config-conflict', 'not-initialised', 'consent-missing', 'consent-denied', 'insecure-context',
  'unsupported', 'csp-worker', 'csp-wasm', 'csp-connect', 'csp-frame', 'trusted-types', 'origin-not-allowed',
  'relay-unreachable', 'relay-rejected', 'descriptor-invalid', 'upgrade-required', 'clock-skew', 'storage-blocked',
  'storage-full', 'storage-corrupt', 'model-missing', 'model-mismatch', 'identity-busy', 'account-frozen',
  'insufficient-credits', 'over-budget', 'rate-limited', 'bad-input', 'payload-too-large', 'queue-full', 'no-workers',
  'no-consensus', 'kernel-failed', 'limit-exceeded', 'timeout', 'aborted', 'paused', 'closed',
] as const;

export type EdgeNetErrorCode = (typeof ERROR_CODES)[number];
