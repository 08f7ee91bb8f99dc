import type { TASK as English } from '../en/task.js';
import type { Translation } from '../message.js';

export const TASK: Translation<typeof English> = {
};
