/** A protocol role as a synchronous state machine: the peer, the witness. The driver runs either. */
import type { Effect } from '../core/effect.js';
import type { Event } from '../core/event.js';

export interface Step<State> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/**
 * `step` consumes the state it is given: the state it returns may be the same object, changed in place
 * (copying a ledger for every message would be absurd), so keep only the newest one.
 */
export interface Machine<State> {
  step(state: State, event: Event): Step<State>;
}
