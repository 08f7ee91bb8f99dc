import { EdgeNetError, type Collections, type EngineHandle, type HistoryEntry, type NodeState, type Quote, type Report, type ReportOptions, type Stats, type Task, type TaskResult } from '../../engine/index.js';
import { adoptEarlyProperties, ATTRIBUTES, NAMES, reflectAttributes } from '../shared/attributes.js';
import { collectionsOf } from '../hub/collections.js';
import type { Messages } from '../messages/message.js';
import type { Check } from './diagnose.js';
import './events.js';
import { hub } from '../hub/hub.js';
import { NodeLife } from './node-life.js';
import { STATUSES } from './node-state.js';
import { ElementBase } from '../shared/server-safe.js';
import { FOREVER } from '../consent/visitor.js';

/**
 * Makes the page a node of the network: asks the visitor, contributes once allowed, submits tasks at any time.
 *
 * @tag edge-net-node
 * @tagname edge-net-node
 *
 * @attr {string} [site-id=""] - Public key of the site's account, or a name registered to one.
 * @attr {string} [ref=""] - Account that referred the node. Default: the site.
 * @attr {string} [referrer=""] - The same as `ref`, for frameworks that keep that word for themselves.
 * @attr {string} [network=""] - URL of the network descriptor. Default: what the first relay serves.
 * @attr {string} [relays=""] - Relay addresses (wss://…/gun), separated by spaces.
 * @attr {number} [site-share=0.5] - The site's part of what the node earns, 0 to 1.
 * @attr {"ask"|"granted"|"denied"} [consent="ask"] - `ask` shows a prompt, `granted` is for a site that already holds consent, `denied` stops the node. May change at any time.
 * @attr {number} [consent-days=30] - Days the visitor's answer is remembered; 0 keeps it for this page alone.
 * @attr {"auto"|"manual"|"inline"} [prompt="auto"] - `auto` asks 3 s after load, `manual` only on requestConsent(), `inline` in the node's own place.
 * @attr {"bottom-start"|"bottom"|"bottom-end"} [prompt-position="bottom-end"] - Where the prompt appears.
 * @attr {number} [cpu-limit=0.3] - Share of the tab's part of the processor, above 0 and up to 1.
 * @attr {number} [contribution=0.3] - The original design's name for cpu-limit; counts where that is absent.
 * @attr {string} [memory-limit="256MB"] - Memory for the tasks that run at the same time. A kind that may take more is not worked on.
 * @attr {string} [bandwidth-limit="1MB"] - Data a second that tasks of others may send and receive, on average over some seconds.
 * @attr {number} [max-workers=0] - Compute workers at most; 0 is half of the processor's cores.
 * @attr {string} [tasks=""] - Task kinds to work on, separated by spaces. Default: all there are kernels for.
 * @attr {boolean} [paused=false] - Keeps the node from working for others.
 * @attr {boolean} [focus-required=false] - Works only while a tab of the site has the focus.
 * @attr {number} [min-idle-time=5000] - Milliseconds since the last input after which the visitor counts as idle. Before that the node works at a level of 0.2 at most.
 * @attr {"work"|"pause"} [when-hidden="work"] - Whether to go on when no tab of the site is seen.
 * @attr {"respect"|"ignore"} [battery="respect"] - `respect` pauses below 20 % unless it is charging, where the browser tells (not in Safari and Firefox).
 * @attr {"pause"|"allow"} [metered="pause"] - Whether to work where the visitor saves data or is on a mobile network, where the browser tells.
 * @attr {"off"|"on"} [mobile="off"] - Whether phones contribute. `off` leaves them to submit. A phone is what its browser says is one, or a small screen without a mouse.
 * @attr {"off"|"on"} [embedded="off"] - Whether frames of another origin contribute. `off` leaves them to submit.
 * @attr {"fallback"|"never"|"only"} [local="fallback"] - Whether this page's own workers run a task nobody else takes.
 * @attr {string} [model-base=""] - Where models lie. Default: `models/` under base.
 * @attr {"persistent"|"memory"} [storage="persistent"] - `memory` leaves nothing on the visitor's machine.
 * @attr {string} [base=""] - Where the package's workers and WASM lie. Default: beside the script.
 * @attr {string} [nonce=""] - The nonce of the page's Content-Security-Policy, for the sandbox's frame. Default: that of any script in the page.
 *
 * @fires {CustomEvent<NodeState>} edge-net-ready - The engine is connected for the first time.
 * @fires {CustomEvent<NodeState>} edge-net-state - The state changed.
 * @fires {CustomEvent<{gained: number, total: number}>} edge-net-credit - Credits were earned.
 * @fires {CustomEvent<HistoryEntry>} edge-net-task - A task began or ended here.
 * @fires {CustomEvent<{taskId: string, kind: string, cost: number, verified: boolean}>} edge-net-result - A submitted task has its result.
 * @fires {CustomEvent<TaskProgress>} edge-net-progress - A submitted task, or a model's download, got further.
 * @fires {CustomEvent<EdgeNetError>} edge-net-error - Something failed; the detail says what to do.
 * @fires {CustomEvent<ConsentDetail>} edge-net-consent - Consent was given or refused.
 * @fires {CustomEvent<ConsentRequestDetail>} edge-net-consent-request - The prompt is about to open. Cancel it to ask in your own way, then call detail.allow() or detail.decline().
 *
 * @slot consent-heading - Replaces the prompt's heading.
 * @slot consent-text - Replaces the prompt's text.
 * @slot consent-details - Replaces what "What would run?" discloses.
 * @slot consent-allow - Replaces the words on the button "Allow".
 * @slot consent-decline - Replaces the words on the button "No thanks".
 *
 * @csspart prompt - The question for consent, with its place on the screen.
 * @csspart dialog - Its card.
 * @csspart close - Its button "Not now".
 * @csspart button - Each of its two answers.
 * @csspart allow - The button "Allow".
 * @csspart decline - The button "No thanks".
 *
 * @cssstate unconfigured - No network is set.
 * @cssstate awaiting-consent - The visitor has not answered.
 * @cssstate declined - The visitor or the site said no.
 * @cssstate loading - The engine starts.
 * @cssstate connecting - A relay is being reached.
 * @cssstate idle - Ready, without work.
 * @cssstate working - A task runs.
 * @cssstate paused - Paused; state.reasons says why.
 * @cssstate following - Another tab contributes, this one submits through it.
 * @cssstate offline - No relay answers.
 * @cssstate unsupported - Cannot run in this browser or page.
 * @cssstate error - Stopped; state.error says why.
 * @cssstate closed - Disconnected.
 */
export class EdgeNetNode extends ElementBase {
  static readonly observedAttributes = ['id', ...NAMES];

  declare siteId: string;
  declare ref: string;
  declare referrer: string;
  declare network: string;
  declare relays: string;
  declare siteShare: number;
  declare consent: 'ask' | 'granted' | 'denied';
  declare consentDays: number;
  declare prompt: 'auto' | 'manual' | 'inline';
  declare promptPosition: 'bottom-start' | 'bottom' | 'bottom-end';
  declare cpuLimit: number;
  declare memoryLimit: string;
  declare bandwidthLimit: string;
  declare maxWorkers: number;
  declare tasks: string;
  declare paused: boolean;
  declare focusRequired: boolean;
  declare minIdleTime: number;
  declare whenHidden: 'work' | 'pause';
  declare battery: 'respect' | 'ignore';
  declare metered: 'pause' | 'allow';
  declare mobile: 'off' | 'on';
  declare embedded: 'off' | 'on';
  declare local: 'fallback' | 'never' | 'only';
  declare modelBase: string;
  declare storage: 'persistent' | 'memory';
  declare base: string;

  #internals = this.attachInternals?.();
  #life = new NodeLife(this, this.attachShadow({ mode: 'open' }), (state) => this.#mirror(state));

  /** The original design's name for `cpuLimit`. */
  get contribution(): number {
    return this.cpuLimit;
  }

  set contribution(share: number) {
    this.cpuLimit = share;
  }

  /** Frozen; a new object for every change. */
  get state(): NodeState {
    return this.#life.state;
  }

  connectedCallback(): void {
    adoptEarlyProperties(this, Object.keys(ATTRIBUTES));
    this.#life.connect();
  }

  disconnectedCallback(): void {
    this.#life.leave();
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (name === 'id') hub().refresh();
    else this.#life.invalidate();
  }

  /** Words of the prompt and the badge to be replaced, by their key. */
  messages: Messages = {};

  /** Figures of this node. Credits count once certified; before consent they are a session's. */
  stats(): Stats {
    return this.state.stats;
  }

  /**
   * Has a task done by the network. Works without consent to contribute, with a throw-away identity.
   * @throws EdgeNetError
   */
  async submit(task: Task): Promise<TaskResult> {
    await this.#usable();
    return hub().engine.submit(task);
  }

  /** Settles each task on its own and keeps the order. */
  submitBatch(tasks: readonly Task[]): Promise<PromiseSettledResult<TaskResult>[]> {
    return Promise.allSettled(tasks.map((task) => this.submit(task)));
  }

  /** What `submit` would escrow, in credits. */
  async quote(task: Task): Promise<Quote> {
    await this.#usable();
    return (await hub().engine.engine()).quote(task);
  }

  /** A result whose promise was lost, for 24 hours. */
  async result(taskId: string): Promise<TaskResult> {
    await this.#usable();
    return (await hub().engine.engine()).result(taskId);
  }

  /** Tasks run and bought here, newest first. */
  async history(): Promise<HistoryEntry[]> {
    return hub().engine.state ? (await hub().engine.engine()).history() : [];
  }

  /**
   * What the network's records say of a site, over the last day, week or month. Needs no consent.
   * @param options `site` is by default this node's `site-id`; '' is the whole network
   * @throws EdgeNetError
   */
  async report({ range = '24h', site = this.siteId }: Partial<ReportOptions> = {}): Promise<Report> {
    await this.#usable();
    return (await hub().engine.engine()).report({ range, site });
  }

  /**
   * Registers a name, under which this node stands in leaderboards.
   * @returns the id of the record
   * @throws EdgeNetError `bad-input` where it is no name, or taken
   */
  async registerName(name: string): Promise<string> {
    return (await this.#account()).registerName(name);
  }

  /** Empties that list, for good. */
  async clearHistory(): Promise<void> {
    return (await hub().engine.engine()).clearHistory();
  }

  /** @returns the id of the transfer's record */
  async transfer(to: string, credits: number, memo?: string): Promise<string> {
    return (await this.#account()).transfer(to, credits, memo);
  }

  /** @returns the id of the record that stakes the credits */
  async bond(credits: number): Promise<string> {
    return (await this.#account()).bond(credits);
  }

  /** @returns the id of the record that takes them back; they are free a day later */
  async unbond(credits: number): Promise<string> {
    return (await this.#account()).unbond(credits);
  }

  /** Vectors of this node's own that others hold and search. */
  readonly collections: Collections = collectionsOf(() => this.#account());

  /** The node's key as text. Whoever has it has the node's credits. */
  async exportIdentity(): Promise<string> {
    return (await this.#account()).exportIdentity();
  }

  /** Goes on under an exported identity; the engine starts anew. */
  async importIdentity(identity: string): Promise<void> {
    (await calls()).refuseIdentity(identity);
    this.#life.become(identity.trim());
  }

  /** Stops working for others, for this page; or, by the visitor, until the visitor resumes it. */
  pause(by: 'site' | 'visitor' = 'site'): void {
    if (by === 'site') this.paused = true;
    else this.#life.wish({ pausedUntil: FOREVER });
  }

  /** Ends a snooze and the pause of the same side; a visitor's own pause only the visitor ends. */
  resume(by: 'site' | 'visitor' = 'site'): void {
    if (by === 'site') this.paused = false;
    if (by === 'visitor' || hub().visitor.pausedUntil < FOREVER) this.#life.wish({ pausedUntil: 0 });
  }

  /** Pauses for so many milliseconds, on later pages of this site too. */
  snooze(ms: number): void {
    if (!(ms > 0)) throw new EdgeNetError('bad-input', 'snooze() takes a number of milliseconds above 0.');
    this.#life.wish({ pausedUntil: Math.min(hub().around.now() + ms, FOREVER - 1) });
  }

  /** Leaves the network at once. Putting the element into the document again brings it back. */
  async disconnect(): Promise<void> {
    this.#life.close();
  }

  /** Asks the visitor now. @returns whether contributing is allowed */
  async requestConsent(): Promise<boolean> {
    this.#life.flush();
    const { standing, settings } = this.#life;
    if (standing.kind === 'contributing') return true;
    const askable = standing.status === 'awaiting-consent' || standing.status === 'declined';
    if (!settings || !askable || settings.consent === 'denied') return false;
    return this.#life.asking.ask(settings);
  }

  /** The visitor's no, remembered like a yes. Stops the node at once. */
  revokeConsent(): void {
    this.#life.flush();
    const settings = this.#life.settings;
    hub().visitor.decide('denied', settings?.engine.storage === 'persistent' ? settings.consentDays : 0);
  }

  /** Stops, and deletes the identity with its credits, the history and the answer from this browser. */
  async forget(): Promise<void> {
    hub().visitor.forget();
    await hub().engine.halt('The visitor stopped the node and had everything forgotten.');
    await (await import('./forget.js')).forgetStores();
  }

  /** What works here, what does not, and how to mend it. */
  async diagnose(): Promise<Check[]> {
    this.#life.flush();
    return (await import('./diagnose.js')).diagnose(this.#life.settings?.engine);
  }

  /**
   * Resolves when the node contributes and is connected.
   * @throws EdgeNetError `consent-denied`, `closed`, or why it cannot start
   */
  async whenReady(): Promise<NodeState> {
    this.#life.flush();
    return (await calls()).whenReady(this, this.#life);
  }

  /** Before a session may start: whether there is a network to submit to. */
  async #usable(): Promise<void> {
    // Where the node stands when it is called, not when the code has arrived.
    const { isConnected } = this;
    (await calls()).refuseUnusable(this, this.#life, isConnected);
  }

  /** The engine with the visitor's lasting identity. */
  async #account(): Promise<EngineHandle> {
    const { isConnected } = this;
    return (await calls()).account(this, this.#life, isConnected);
  }

  /** `edge-net-node:state(idle)`; a browser without custom states does without. */
  #mirror({ status }: NodeState): void {
    const states = this.#internals?.states;
    for (const other of STATUSES) states?.delete(other);
    try {
      states?.add(status);
    } catch {}
  }
}

/** What only those who call the node need. */
const calls = () => import('./calls.js');

if (globalThis.HTMLElement) reflectAttributes(EdgeNetNode.prototype, ATTRIBUTES);

declare global {
  interface HTMLElementTagNameMap {
    'edge-net-node': EdgeNetNode;
  }
}
