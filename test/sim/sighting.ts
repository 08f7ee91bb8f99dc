/** What can be seen of a run from outside: the trace is written from it, and the invariants are checked on it. */
import type { Effect } from '../../src/engine/core/effect.js';
import type { Event } from '../../src/engine/core/event.js';
import type { Message } from '../../src/engine/core/message.js';
import type { Notice } from '../../src/engine/core/notice.js';
import type { NodeId } from '../../src/engine/core/record.js';
import type { Write } from '../../src/engine/ports/storage.js';
import type { GraphValue } from '../../src/engine/ports/transport.js';

export type Sighting =
  | { readonly saw: 'step'; readonly by: NodeId; readonly event: Event; readonly effects: readonly Effect[] }
  | { readonly saw: 'notice'; readonly by: NodeId; readonly notice: Notice }
  | { readonly saw: 'sent'; readonly by: NodeId; readonly to: NodeId; readonly message: Message }
  | { readonly saw: 'published'; readonly by: NodeId; readonly value: GraphValue }
  /** A batch is durable. */
  | { readonly saw: 'written'; readonly by: NodeId; readonly area: 'store' | 'vault'; readonly writes: readonly Write[] }
  /** A process started, ended or lost its store. */
  | { readonly saw: 'up' | 'down' | 'wiped'; readonly by: NodeId }
  /** A machine threw. */
  | { readonly saw: 'fault'; readonly by: NodeId; readonly error: unknown };

export type Look = (sighting: Sighting) => void;
