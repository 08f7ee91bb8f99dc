import { STATUS } from '../messages/en/status.js';
import { WIDGET } from '../messages/en/widget.js';
import type { Words } from '../shared/wording.js';

/** What every widget may have to say, in English; sections that come later bring their own. */
export const ENGLISH = { ...STATUS, ...WIDGET };

export type WidgetWords = Words<typeof ENGLISH>;
