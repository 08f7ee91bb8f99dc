import type { LEADERBOARD as English } from '../en/leaderboard.js';
import type { Translation } from '../message.js';

export const LEADERBOARD: Translation<typeof English> = {
};
