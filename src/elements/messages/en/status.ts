export const STATUS = {
} as const;
