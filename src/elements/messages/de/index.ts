/** All words in German, a chunk of its own: loaded where the page is in German. */
import type { Messages } from '../message.js';
import { CONSENT } from './consent.js';
import { DASHBOARD } from './dashboard.js';
import { LEADERBOARD } from './leaderboard.js';
import { LOG } from './log.js';
import { STATUS } from './status.js';
import { TASK } from './task.js';
import { WIDGET } from './widget.js';

export const MESSAGES: Messages = { ...STATUS, ...CONSENT, ...WIDGET, ...LEADERBOARD, ...LOG, ...DASHBOARD, ...TASK };
