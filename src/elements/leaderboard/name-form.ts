/** Lets the visitor register a name for this node's account. Nobody is named who did not ask to be. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { isEdgeNetError } from '../shared/errors.js';
import type { RankingWords } from './ranking.js';

/** As the ledger has it: 1 to 40 characters, a letter or a digit first and last. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,38}[a-z0-9])?$/u;

type Outcome = 'rule' | 'taken' | 'failed' | 'saved';

export class NameForm {
  #redraw: () => void;
  #saving = false;
  #outcome: Outcome | undefined;
  /** The ledger, and with it the node's state, has it a moment later. */
  #saved = '';
  /** What only English can tell of a failure that is no name's fault. */
  #message = '';

  constructor(redraw: () => void) {
    this.#redraw = redraw;
  }

  draw(t: RankingWords, node: EdgeNetNode): TemplateResult {
    const { name } = node.state;
    const failed = this.#outcome !== undefined && this.#outcome !== 'saved';
    const said = this.#saving ? t('leaderboard.name.saving') : this.#outcome ? t(`leaderboard.name.${this.#outcome}`, { name: this.#saved }) : '';
    return html`<details class="name" part="name">
      <summary>${name ? t('leaderboard.name.change', { name }) : t('leaderboard.name')}</summary>
      <form novalidate @submit=${(event: SubmitEvent) => this.#submit(event, node)}>
        <label for="name">${t('leaderboard.name.label')}</label>
        <input id="name" part="input" name="name" dir="ltr" maxlength="40" autocomplete="nickname" autocapitalize="none" spellcheck="false" required
          aria-describedby="rule outcome" aria-invalid=${failed ? 'true' : nothing} />
        <p class="faint" id="rule">${t('leaderboard.name.rule')} ${t('leaderboard.name.public')}</p>
        <button type="submit" part="button" aria-disabled=${this.#saving ? 'true' : nothing}>${t('leaderboard.name.save')}</button>
        <p class="outcome" id="outcome" role="status" ?data-failed=${failed}>${said}</p>
      </form>
      ${this.#message ? html`<details class="faint"><summary>${t('status.details')}</summary><p lang="en" dir="ltr">${this.#message}</p></details>` : nothing}
    </details>`;
  }

  #submit(event: SubmitEvent, node: EdgeNetNode): void {
    event.preventDefault();
    if (this.#saving) return;
    const input = (event.currentTarget as HTMLFormElement).querySelector('input')!;
    const name = input.value.trim().toLowerCase();
    this.#message = '';
    if (NAME.test(name)) void this.#register(node, name, input);
    else {
      this.#outcome = 'rule';
      input.focus();
    }
    this.#redraw();
  }

  async #register(node: EdgeNetNode, name: string, input: HTMLInputElement): Promise<void> {
    this.#saving = true;
    this.#outcome = undefined;
    try {
      await node.registerName(name);
      this.#outcome = 'saved';
      this.#saved = name;
      input.value = '';
    } catch (error) {
      // It keeps to the rule: what is still wrong with it is that somebody has it.
      this.#outcome = isEdgeNetError(error) && error.code === 'bad-input' ? 'taken' : 'failed';
      if (this.#outcome === 'failed') this.#message = error instanceof Error ? error.message : String(error);
      input.focus();
    } finally {
      this.#saving = false;
      this.#redraw();
    }
  }
}

export const NAME_STYLES = `
  .name { margin-top: 10px; padding-top: 8px; border-top: 1px solid var(--line); font-size: 13px; }
  .name summary { min-height: 24px; line-height: 24px; text-decoration: underline; text-underline-offset: 3px; width: fit-content; overflow-wrap: anywhere; }
  .name form { display: grid; gap: 6px; margin-top: 6px; }
  .name label { font-weight: 600; }
  .name input { box-sizing: border-box; width: 100%; min-height: 36px; padding: 6px 10px; border: 1px solid var(--strong); border-radius: 8px; background: none; color: inherit; font: inherit; font-size: 14px; text-align: start; }
  .name input[aria-invalid] { border-color: var(--bad); }
  .outcome:empty { display: none; }
  .outcome[data-failed] { color: var(--bad); }
`;
