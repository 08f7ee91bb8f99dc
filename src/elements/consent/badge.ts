/** The sign that a page contributes on the site's word: always in sight, with the way out beside it. */
import { h, sheet } from '../shared/dom.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { PALETTE } from '../shared/palette.js';
import { describeState, toneOf } from '../shared/words.js';

/** @returns takes the badge away */
export function showBadge(root: ShadowRoot, node: EdgeNetNode): () => void {
  const status = h('p', { role: 'status' });
  const toggle = h('button', { type: 'button', click: () => (paused() ? node.resume('visitor') : node.pause('visitor')) });
  const stop = h('button', { type: 'button', click: () => node.revokeConsent() }, 'Stop');
  const details = h('details', {}, h('summary', {}, 'Sharing computing power'), h('div', {}, status, h('div', { class: 'row' }, toggle, stop)));
  const badge = h('aside', { class: 'card badge', 'aria-label': 'Computing power sharing' }, details);
  badge.popover = 'manual';
  const styles = sheet(PALETTE + STYLES);

  const paused = () => node.state.reasons.includes('paused-by-visitor') || node.state.reasons.includes('snoozed');
  const update = () => {
    badge.dataset['tone'] = toneOf(node.state);
    status.textContent = `${describeState(node.state)}. Up to ${Math.round(node.cpuLimit * 100)} % of this tab's share of the processor.`;
    toggle.textContent = paused() ? 'Resume' : 'Pause';
  };
  root.adoptedStyleSheets.push(styles);
  root.append(badge);
  badge.showPopover?.();
  node.addEventListener('edge-net-state', update);
  update();
  return () => {
    node.removeEventListener('edge-net-state', update);
    badge.remove();
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== styles);
  };
}

const STYLES = `
  .badge {
    position: fixed;
    inset: auto auto 12px 12px;
    max-width: min(280px, calc(100vw - 24px));
    margin: 0;
    padding: 0;
    font-size: 13px;
    box-shadow: 0 2px 10px rgb(0 0 0 / 0.18);
    z-index: 2147483646;
  }
  summary { display: flex; align-items: center; gap: 8px; padding: 6px 12px; border-radius: 12px; list-style: none; }
  summary::-webkit-details-marker { display: none; }
  summary::before { content: ''; width: 8px; height: 8px; border-radius: 50%; background: var(--faint); forced-color-adjust: none; }
  [data-tone='good'] summary::before { background: var(--good); }
  [data-tone='busy'] summary::before { background: var(--busy); }
  [data-tone='warn'] summary::before { background: var(--warn); }
  [data-tone='bad'] summary::before { background: var(--bad); }
  details > div { padding: 4px 12px 12px; }
  .row { display: flex; gap: 8px; margin-top: 8px; }
  .row button { flex: 1; }
`;
