import type { CONSENT as English } from '../en/consent.js';
import type { Translation } from '../message.js';

export const CONSENT: Translation<typeof English> = {
};
