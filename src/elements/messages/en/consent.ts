export const CONSENT = {
} as const;
