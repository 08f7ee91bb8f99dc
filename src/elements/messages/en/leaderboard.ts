export const LEADERBOARD = {
} as const;
