export const TASK = {
} as const;
