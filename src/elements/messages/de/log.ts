import type { LOG as English } from '../en/log.js';
import type { Translation } from '../message.js';

export const LOG: Translation<typeof English> = {
};
