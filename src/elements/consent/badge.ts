/** The sign that a page contributes on the site's word: always in sight, with the way out beside it. */
import { hub } from '../hub/hub.js';
import { BADGE } from '../messages/en/badge.js';
import { STATUS } from '../messages/en/status.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { h, sheet } from '../shared/dom.js';
import { PALETTE } from '../shared/palette.js';
import { describeState } from '../shared/words.js';
import { Wording, type Words } from '../shared/wording.js';
import { findPlace } from './badge-place.js';

/** @returns takes the badge away */
export function showBadge(root: ShadowRoot, node: EdgeNetNode): () => void {
  const dot = h('span', { class: 'dot' });
  const name = h('span');
  const announcement = h('p', { class: 'hidden', role: 'status' });
  const title = h('b');
  const hint = h('p', { class: 'faint' });
  const limit = h('p', { class: 'faint' });
  const toggle = h('button', { type: 'button', part: 'button', click: () => (paused() ? node.resume('visitor') : node.pause('visitor')) });
  const stop = h('button', { type: 'button', part: 'button', click: () => node.revokeConsent() });
  const details = h('details', {}, h('summary', {}, dot, name), h('div', { class: 'panel' }, title, hint, limit, h('div', { class: 'row' }, toggle, stop)));
  const badge = h('aside', { class: 'card badge', part: 'badge' }, details, announcement);
  badge.popover = 'manual';
  badge.hidden = true;
  const styles = sheet(PALETTE + STYLES);

  const paused = () => node.state.reasons.includes('paused-by-visitor') || node.state.reasons.includes('snoozed');
  const place = findPlace(badge);
  const draw = (t: Words<typeof STATUS & typeof BADGE>) => {
    const state = describeState(t, node.state);
    Object.assign(badge, { lang: t.lang, dir: t.dir, ariaLabel: t('status.badge') });
    dot.dataset['tone'] = state.tone;
    put(name, t('status.badge'));
    put(title, state.title);
    put(hint, state.hint);
    put(limit, t('status.badge.limit', { limit: t.percent(hub().visitor.cpuLimit ?? node.cpuLimit) }));
    put(toggle, t(paused() ? 'status.resume' : 'status.pause'));
    put(stop, t('status.stop'));
    if (state.announcement) put(announcement, state.announcement);
    if (badge.hidden) {
      badge.hidden = false;
      badge.showPopover?.();
    }
    place.find();
  };
  const update = () => {
    const words = wording.words;
    if (words) draw(words);
  };
  const wording = new Wording(node, { ...STATUS, ...BADGE }, update);
  root.adoptedStyleSheets.push(styles);
  root.append(badge);
  node.addEventListener('edge-net-state', update);
  details.addEventListener('toggle', place.find);
  update();
  return () => {
    node.removeEventListener('edge-net-state', update);
    wording.rest();
    place.rest();
    badge.remove();
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== styles);
  };
}

/** What has not changed is left alone: a screen reader would say it again. */
function put(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

const STYLES = `
  .badge {
    position: fixed;
    inset: auto;
    max-width: min(280px, calc(100vw - 24px));
    margin: 0;
    padding: 0;
    font-size: 13px;
    line-height: 19px;
    box-shadow: 0 2px 10px rgb(0 0 0 / 0.18);
    z-index: 2147483646;
  }
  .badge[hidden] { display: none; }
  .badge, .badge[data-place='bottom-start'] { inset-block-end: 12px; inset-inline-start: 12px; }
  .badge[data-place='bottom-end'] { inset-inline: auto 12px; }
  .badge[data-place='top-start'] { inset-block: 12px auto; }
  .badge[data-place='top-end'] { inset-block: 12px auto; inset-inline: auto 12px; }
  .badge summary { display: flex; align-items: center; gap: 8px; min-height: 24px; padding: 6px 12px; border-radius: var(--radius); list-style: none; }
  .badge summary::-webkit-details-marker { display: none; }
  .panel { padding: 2px 12px 12px; }
  .card .panel p { margin-top: 2px; }
  .row { display: flex; gap: 8px; margin-top: 10px; }
  .row button { flex: 1; }
  @media print { .badge { display: none; } }
`;
