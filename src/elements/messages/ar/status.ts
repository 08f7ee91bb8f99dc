import type { STATUS as English } from '../en/status.js';
import type { Translation } from '../message.js';

export const STATUS: Translation<typeof English> = {
};
