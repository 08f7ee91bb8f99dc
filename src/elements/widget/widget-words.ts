import { LEADERBOARD } from '../messages/en/leaderboard.js';
import { STATUS } from '../messages/en/status.js';
import { WIDGET } from '../messages/en/widget.js';
import type { Words } from '../shared/wording.js';

/** All that a widget may have to say, in English. */
export const ENGLISH = { ...STATUS, ...LEADERBOARD, ...WIDGET };

export type WidgetWords = Words<typeof ENGLISH>;
