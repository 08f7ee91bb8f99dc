import type { WIDGET as English } from '../en/widget.js';
import type { Translation } from '../message.js';

export const WIDGET: Translation<typeof English> = {
};
