/** The leaderboard's rows, shared by the widget's section and the element of its own. */
import { html, type TemplateResult } from 'lit/html.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { credits, shortId } from '../shared/words.js';

/** With fewer members a rank says more about who is online than about what they did. */
const MEMBERS_MIN = 5;

export function ranking(node: EdgeNetNode | undefined, limit: number): TemplateResult {
  const { top = [], nodeId = '' } = node?.state ?? {};
  if (top.length < MEMBERS_MIN) return html`<p class="faint">Too few to rank</p>`;
  return html`<ol class="ranks">
    ${top.slice(0, limit).map(
      ({ account, credits: earned }) => html`<li aria-current=${account === nodeId ? 'true' : 'false'}>
        <span title=${account}>${shortId(account)}${account === nodeId ? ' (you)' : ''}</span>
        <b>${credits(earned)}</b>
      </li>`,
    )}
  </ol>`;
}

export const RANKING_STYLES = `
  .ranks { margin: 0; padding-inline-start: 24px; font-variant-numeric: tabular-nums; }
  .ranks li { padding: 3px 0; }
  .ranks li::marker { color: var(--faint); }
  .ranks span { display: inline-block; min-width: 62%; }
  .ranks b { float: inline-end; font-weight: 600; }
  .ranks [aria-current='true'] { font-weight: 600; color: var(--accent); }
  .faint { color: var(--faint); }
  :host([theme='light']) { color-scheme: light; }
  :host([theme='dark']) { color-scheme: dark; }
`;
