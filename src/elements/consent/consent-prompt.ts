/**
 * The question itself. A sheet that is no modal: it takes no focus, blocks nothing, and Escape means "not now".
 * What it says is what will happen, with the numbers of this very node.
 */
import type { Settings } from '../node/config.js';
import { h, sheet } from '../shared/dom.js';
import { PALETTE } from '../shared/palette.js';

export interface PromptOptions {
  readonly settings: Settings;
  allow(): void;
  decline(): void;
  /** Closed without an answer. */
  later(): void;
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  embedding: 'Turning short texts into numbers, to find similar ones',
  vector_search: 'Searching lists of such numbers',
};

/** @returns takes the prompt away */
export function openPrompt(root: ShadowRoot, { settings, allow, decline, later }: PromptOptions): () => void {
  const inline = settings.prompt === 'inline';
  const announcement = h('p', { class: 'hidden', role: 'status' });
  const heading = h('h2', { id: 'heading' }, slot('consent-heading', 'Share some computing power?'));
  const dialog = h(
    'section',
    { class: inline ? 'card inline' : `card ${settings.promptPosition}`, role: 'dialog', 'aria-labelledby': 'heading', 'aria-describedby': 'text' },
    h('div', { class: 'top' }, heading, h('button', { class: 'close', type: 'button', 'aria-label': 'Not now', click: later }, '×')),
    h('div', { id: 'text' }, slot('consent-text', ...sentences(settings).map((sentence) => h('p', {}, sentence)))),
    h('details', {}, h('summary', {}, 'What would run?'), slot('consent-details', details(settings))),
    h(
      'div',
      { class: 'answers' },
      h('button', { type: 'button', click: decline }, slot('consent-decline', 'No thanks')),
      h('button', { type: 'button', click: allow }, slot('consent-allow', 'Allow')),
    ),
    announcement,
  );
  if (!inline) dialog.popover = 'manual';
  const styles = sheet(PALETTE + STYLES);
  root.adoptedStyleSheets.push(styles);
  root.append(dialog);
  // The top layer lies above every stacking context of the page. Showing it moves no focus.
  if (!inline) dialog.showPopover?.();
  announcement.textContent = 'This site asks for permission to use some computing power. The question is at the end of the page.';

  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) later();
  };
  document.addEventListener('keydown', onKey);
  return () => {
    document.removeEventListener('keydown', onKey);
    dialog.remove();
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== styles);
  };
}

function sentences({ engine }: Settings): string[] {
  const cores = engine.workersMax === 1 ? 'one processor core' : `${engine.workersMax} processor cores`;
  return [
    `While this page is open, it would run small computing tasks for others on up to ${percent(engine.cpuLimit)} of ${cores} of your device.`,
    'This uses electricity and some data, and the relay that hands out the tasks sees your IP address.',
    `${earnings(engine.siteId, engine.siteShare)}, and you can pause or stop at any time.`,
  ];
}

function earnings(siteId: string, siteShare: number): string {
  if (!siteId || siteShare === 0) return 'The credits it earns are yours';
  if (siteShare === 1) return 'The credits it earns go to this site';
  return `This site gets ${percent(siteShare)} of the credits it earns, you get the rest`;
}

function details({ engine }: Settings): HTMLElement {
  const kinds = engine.tasks.length ? engine.tasks : Object.keys(KIND_WORDS);
  return h(
    'div',
    {},
    h('ul', {}, ...kinds.map((kind) => h('li', {}, KIND_WORDS[kind] ?? kind))),
    h('p', {}, 'The tasks run in separate workers that see neither this page nor your files. Each one is listed for you to read.'),
    h('p', {}, engine.storage === 'persistent' ? 'Your credits are kept in this browser. Clearing its site data deletes them.' : 'Nothing is stored: your credits end with this page.'),
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function slot(name: string, ...fallback: (Node | string)[]): HTMLSlotElement {
  return h('slot', { name }, ...fallback);
}

const STYLES = `
  section {
    position: fixed;
    inset: auto 16px 16px auto;
    width: min(360px, calc(100vw - 32px));
    max-height: calc(100vh - 32px);
    margin: 0;
    padding: 16px;
    overflow: auto;
    box-shadow: 0 8px 32px rgb(0 0 0 / 0.22);
    z-index: 2147483647;
  }
  section.bottom-start { inset: auto auto 16px 16px; }
  section.bottom { inset: auto 16px 16px; margin-inline: auto; }
  section.inline { position: static; width: auto; max-width: 360px; box-shadow: none; }
  h2 { flex: 1; font-size: 16px; font-weight: 600; line-height: 1.3; }
  .top { display: flex; align-items: start; gap: 8px; }
  .card .close { min-height: 28px; margin: -6px -6px 0 0; padding: 0 8px; border-color: transparent; color: var(--faint); font-size: 20px; line-height: 1; }
  #text { display: grid; gap: 6px; margin-top: 8px; }
  #text slot { display: contents; }
  details { margin-top: 10px; color: var(--faint); font-size: 13px; }
  details div { display: grid; gap: 6px; padding-top: 6px; }
  .card ul { padding-inline-start: 18px; }
  summary { color: var(--ink); text-decoration: underline; text-underline-offset: 3px; width: fit-content; }
  .answers { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; margin-top: 14px; }
  .card .answers button { min-height: 40px; border-color: var(--ink); font-weight: 600; }
  @media (max-width: 480px) {
    section, section.bottom-start, section.bottom { inset: auto 0 0; width: 100%; max-width: none; margin: 0; border-radius: 14px 14px 0 0; border-width: 1px 0 0; }
    section.inline { border-width: 1px; border-radius: 12px; }
  }
  @media (prefers-reduced-motion: no-preference) {
    section:not(.inline) { animation: rise 0.25s ease-out; }
    @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
  }
`;
