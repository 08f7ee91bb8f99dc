export const LOG = {
} as const;
