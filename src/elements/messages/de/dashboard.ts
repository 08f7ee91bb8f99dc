import type { DASHBOARD as English } from '../en/dashboard.js';
import type { Translation } from '../message.js';

export const DASHBOARD: Translation<typeof English> = {
};
