/** Names of the mailbox's souls, and the hours that are live. */
import { hourName } from '../../core/ledger/graph-key.js';
import type { Id, Millis, NodeId } from '../../core/record.js';

const HOUR_MS = 3_600_000;
/** A writer's clock may be this far ahead when the hour changes. */
const SKEW_MS = 600_000;

/** The hour before, this one, and the next shortly before it begins. */
export const liveHours = (now: Millis): string[] => [...new Set([now - HOUR_MS, now, now + SKEW_MS].map(hourName))];

/** When the answer of `liveHours` changes next. */
export const nextRollMs = (now: Millis): number => Math.min(HOUR_MS - (now % HOUR_MS), HOUR_MS - ((now + SKEW_MS) % HOUR_MS));

/** `YYYYMMDDHH` of a soul; texts of one length, so that they compare as the hours do. */
export const soulHour = (soul: string): string => soul.split('/')[3] ?? '';

export const mailSoul = (net: Id, hour: string, to: NodeId): string => `en1/${net}/mail/${hour}/${to}`;
