export const WIDGET = {
} as const;
