/** The task of these examples: which desk is a message for? */
import type { Task } from '@ruvector/edge-net';

export const MESSAGE = 'My parcel has not arrived and I want my money back.';

const DESKS = [
  { id: 'Refunds', description: 'gives money back for orders that went wrong' },
  { id: 'Delivery', description: 'knows where parcels are and when they arrive' },
  { id: 'Accounts', description: 'helps with passwords, logins and addresses' },
];

export interface Match {
  readonly id: string;
  readonly score: number;
}

export function deskTask(message: string): Task {
  return { type: 'semantic_match', payload: { task: message, agents: DESKS, k: DESKS.length }, options: { redundancy: 2, maxCredits: 2 } };
}

/** Who found it. */
export function foundBy(workers: readonly string[], verified: boolean): string {
  if (workers[0] === 'local') return 'this page alone, for nothing';
  return `${workers.length} machines${verified ? ' with the same result' : ''}`;
}
