/** When and how the visitor is asked. The prompt itself is another chunk, loaded when it is about to be shown. */
import type { Settings } from '../node/config.js';
import { tell } from '../node/events.js';
import { hub } from '../hub/hub.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { privacyControl } from './standing.js';
import type { Answer } from './visitor.js';

/** Late enough to stay out of the page's first paint and of the visitor's first moments with it. */
const DELAY_MS = 3_000;

export class Asking {
  #node: EdgeNetNode;
  #root: ShadowRoot;
  #cancel = () => {};
  #scheduled = false;
  /** "Not now": this page does not ask again by itself. */
  #dismissed = false;

  constructor(node: EdgeNetNode, root: ShadowRoot) {
    this.#node = node;
    this.#root = root;
  }

  /** Asks by itself, once, after the page has loaded. */
  schedule(settings: Settings): void {
    if (this.#scheduled || this.#dismissed || settings.prompt === 'manual' || privacyControl()) return;
    this.#scheduled = true;
    const wait = () => {
      this.#cancel = hub().around.later(settings.prompt === 'inline' ? 0 : DELAY_MS, () => void this.ask(settings));
    };
    if (document.readyState === 'complete') return wait();
    addEventListener('load', wait, { once: true });
    this.#cancel = () => removeEventListener('load', wait);
  }

  /** @returns whether the visitor allowed it; false also for "not now" */
  async ask(settings: Settings): Promise<boolean> {
    this.close();
    this.#scheduled = true;
    const page = hub();
    if (page.asking && page.asking !== this.#node) return false;
    page.asking = this.#node;
    const days = settings.engine.storage === 'persistent' ? settings.consentDays : 0;
    return new Promise((resolve) => {
      let closePrompt = () => {};
      let open = true;
      const end = (answer?: Answer) => {
        if (!open) return;
        open = false;
        closePrompt();
        page.asking = undefined;
        this.#cancel = () => {};
        if (answer) page.visitor.decide(answer, days);
        resolve(answer === 'granted');
      };
      this.#cancel = () => end();
      const allow = () => end('granted');
      const decline = () => end('denied');
      if (!tell(this.#node, 'edge-net-consent-request', { allow, decline })) return;
      const later = () => ((this.#dismissed = true), end());
      import('./consent-prompt.js').then(
        ({ openPrompt }) => {
          if (open) closePrompt = openPrompt(this.#root, { settings, allow, decline, later });
        },
        // Without its chunk there is nothing to answer: as if it had never been asked.
        later,
      );
    });
  }

  /** Takes the prompt away, unanswered. */
  close(): void {
    this.#cancel();
    this.#cancel = () => {};
    this.#scheduled = false;
  }
}
