/** JSON text of a message, as far as a carrier needs to know it: an object that names its type. The core checks the rest. */
import type { Message } from '../../core/message.js';
import { parseJson } from './shallow-json.js';

const DEPTH_MAX = 24;

export function readMessage(text: string): Message | undefined {
  const message = parseJson(text, DEPTH_MAX) as Message | null | undefined;
  return typeof message === 'object' && message !== null && typeof message.t === 'string' ? message : undefined;
}
