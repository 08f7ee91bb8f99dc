/**
 * The life of one node on a page: settings in, state out. Between the two it decides whether the engine may
 * run, asks for consent, and keeps what holds the node from working.
 */
import { EdgeNetError, type EngineEvent, type NodeState, type Reason } from '../../engine/index.js';
import { Asking } from '../consent/asking.js';
import { type BadgeShower, badgeShower } from '../consent/badge-shower.js';
import { BASE } from '../shared/base.js';
import { readSettings, type Settings } from './config.js';
import { isEdgeNetError } from '../shared/errors.js';
import { tell, type ConsentDetail } from './events.js';
import { hub } from '../hub/hub.js';
import type { EdgeNetNode } from './node-element.js';
import { compose, failed, resting, type Standing } from './node-state.js';
import type { EngineUser } from '../hub/page-engine.js';
import { standingOf } from '../consent/standing.js';
import { FOREVER, type Wish } from '../consent/visitor.js';

const TIMER_MS_MAX = 2 ** 31 - 1;
const UP: readonly string[] = ['idle', 'working', 'paused', 'following'];

export class NodeLife implements EngineUser {
  state: NodeState = compose(resting('unconfigured'), undefined, new Set());
  settings: Settings | undefined;
  standing: Standing = resting('unconfigured');
  readonly asking: Asking;
  #node: EdgeNetNode;
  #show: (state: NodeState) => void;
  #badge: BadgeShower;
  #privateKey = '';
  #closed = false;
  #stale = false;
  /** Why the settings or the engine's start were refused. */
  #failure: EdgeNetError | undefined;
  #holds: ReadonlySet<Reason> = new Set();
  #cancelWake = () => {};
  #forgetVisitor = () => {};
  #told: { consent: string; error: string; ready: boolean } = { consent: '', error: '', ready: false };

  /** @param show mirrors a new state on the element */
  constructor(node: EdgeNetNode, root: ShadowRoot, show: (state: NodeState) => void) {
    this.#node = node;
    this.#show = show;
    this.asking = new Asking(node, root);
    this.#badge = badgeShower(node, root, () => this.#evaluate());
  }

  connect(): void {
    this.#closed = false;
    hub().add(this.#node);
    this.#forgetVisitor = hub().visitor.subscribe(() => {
      this.#evaluate();
      this.invalidate();
    });
    this.invalidate();
  }

  leave(): void {
    hub().remove(this.#node);
    hub().engine.leave(this);
    this.#rest();
  }

  /** For good, until the node is connected anew. */
  close(): void {
    this.#closed = true;
    hub().engine.release(this);
    this.#evaluate();
    this.#rest();
  }

  /** Attributes changed: read once, when all of them have. */
  invalidate(): void {
    if (this.#stale) return;
    this.#stale = true;
    queueMicrotask(() => this.flush());
  }

  flush(): void {
    if (!this.#stale) return;
    this.#stale = false;
    if (!this.#node.isConnected || this.#closed) return;
    this.#failure = undefined;
    try {
      this.settings = this.#read();
      hub().engine.claim(this, this.settings.engine);
    } catch (error) {
      if (!isEdgeNetError(error)) throw error;
      this.#failure = error;
      hub().engine.release(this);
    }
    this.#evaluate();
  }

  /** After a start that failed. */
  retry(): void {
    if (this.#failure && this.standing.kind === 'resting' && this.standing.status === 'error') this.invalidate();
    this.flush();
  }

  become(privateKey: string): void {
    this.#privateKey = privateKey;
    this.invalidate();
  }

  /** By the visitor. Later pages heed it too, unless this one is to leave nothing behind. */
  wish(wish: Wish): void {
    hub().visitor.wish(wish, this.standing.kind === 'contributing' && this.settings?.engine.storage === 'persistent');
  }

  engineEvent(event: EngineEvent): void {
    if (event.type === 'state') return this.#publish();
    if (event.type === 'credit') tell(this.#node, 'edge-net-credit', { gained: event.gained, total: event.total });
    else if (event.type === 'task') tell(this.#node, 'edge-net-task', event.entry);
    else if (event.type === 'progress') tell(this.#node, 'edge-net-progress', event.progress);
    else if (event.type === 'error') tell(this.#node, 'edge-net-error', new EdgeNetError(event.code, event.message));
    else tell(this.#node, 'edge-net-result', { taskId: event.taskId, kind: event.kind, cost: event.cost, verified: event.verified });
  }

  engineFailed(error: EdgeNetError): void {
    this.#failure = error;
    this.#evaluate();
  }

  #read(): Settings {
    const read = (attribute: string) => this.#node.getAttribute(attribute);
    const settings = readSettings(read, { url: document.baseURI, base: BASE, cores: navigator.hardwareConcurrency || 2 });
    return { ...settings, engine: { ...settings.engine, cpuLimit: hub().visitor.cpuLimit ?? settings.engine.cpuLimit, privateKey: this.#privateKey } };
  }

  #currentHolds({ engine }: Settings): ReadonlySet<Reason> {
    const until = hub().visitor.pausedUntil;
    const holds = new Set(engine.pauses);
    if (until === FOREVER) holds.add('paused-by-visitor');
    else if (until > hub().around.now()) holds.add('snoozed');
    return holds;
  }

  #evaluate(): void {
    const { settings } = this;
    if (this.#closed) this.standing = resting('closed');
    else if (this.#failure) this.standing = failed('error', this.#failure);
    else if (settings) this.standing = standingOf(settings, hub().visitor.answer);
    const contributing = this.standing.kind === 'contributing';
    // A consent that only the site vouches for is never out of the visitor's sight: nothing runs before the badge is there.
    const shown = this.#badge.toggle(contributing && settings?.consent === 'granted');
    if (!shown && this.#badge.failure) this.standing = failed('error', this.#badge.failure);
    if (settings) this.#hold(settings);
    hub().engine.want(this, contributing && shown);
    if (!settings) return this.#publish();
    this.#tellConsent(settings);
    if (this.standing.kind === 'resting' && this.standing.status === 'awaiting-consent') this.asking.schedule(settings);
    else this.asking.close();
    this.#publish();
  }

  /** Sees to it that the engine, which may be about to start, is held, and that a snooze ends. */
  #hold(settings: Settings): void {
    this.#holds = this.#currentHolds(settings);
    hub().engine.hold(this, [...this.#holds]);
    this.#cancelWake();
    const ms = hub().visitor.pausedUntil - hub().around.now();
    this.#cancelWake = this.#holds.has('snoozed') ? hub().around.later(Math.min(ms, TIMER_MS_MAX), () => this.#evaluate()) : () => {};
  }

  #tellConsent(settings: Settings): void {
    const { visitor } = hub();
    const consent = this.standing.kind === 'contributing' ? 'granted' : this.standing.status === 'declined' ? 'denied' : '';
    if (consent === this.#told.consent) return;
    this.#told.consent = consent;
    const source: ConsentDetail['source'] = settings.consent === consent ? 'site' : visitor.remembered ? 'remembered' : 'visitor';
    if (consent) tell(this.#node, 'edge-net-consent', { consent, source });
  }

  #publish(): void {
    const state = compose(this.standing, hub().engine.state, this.#holds);
    if (JSON.stringify(state) === JSON.stringify(this.state)) return;
    this.state = state;
    this.#show(state);
    tell(this.#node, 'edge-net-state', state);
    if (state.error && state.error.code !== this.#told.error) tell(this.#node, 'edge-net-error', this.#failure ?? new EdgeNetError(state.error.code, state.error.message));
    this.#told.error = state.error?.code ?? '';
    if (this.standing.kind !== 'contributing' || this.#told.ready || !UP.includes(state.status)) return;
    this.#told.ready = true;
    tell(this.#node, 'edge-net-ready', state);
  }

  #rest(): void {
    this.asking.close();
    this.#badge.toggle(false);
    this.#cancelWake();
    this.#forgetVisitor();
  }
}
