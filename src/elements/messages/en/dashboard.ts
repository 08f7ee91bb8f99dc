export const DASHBOARD = {
} as const;
