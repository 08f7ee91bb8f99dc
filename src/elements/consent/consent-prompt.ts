/**
 * The question itself. A sheet that is no modal: it takes no focus, blocks nothing, and Escape means "not now".
 * What it says is what will happen, with the numbers of this very node.
 */
import type { Settings } from '../node/config.js';
import { CONSENT } from '../messages/en/consent.js';
import { h, sheet } from '../shared/dom.js';
import { PALETTE } from '../shared/palette.js';
import { Wording, type Words } from '../shared/wording.js';
import { PROMPT_STYLES } from './prompt-style.js';

export interface PromptOptions {
  readonly settings: Settings;
  allow(): void;
  decline(): void;
  /** Closed without an answer. */
  later(): void;
}

type ConsentWords = Words<typeof CONSENT>;

const MEBIBYTE = 2 ** 20;
const KINDS = ['embedding', 'vector_search', 'vector_insert', 'semantic_match', 'neural_inference', 'encryption', 'compression', 'custom_wasm'] as const;
type Kind = (typeof KINDS)[number];
/** Other names that the attribute `tasks` takes. */
const GROUPS: Readonly<Record<string, readonly Kind[]>> = {
  vectors: ['vector_search', 'vector_insert'], embeddings: ['embedding'], semantic: ['semantic_match'], neural: ['neural_inference'], wasm: ['custom_wasm'],
};

/** Shows the prompt as soon as there are words for it in the page's language. @returns takes it away */
export function openPrompt(root: ShadowRoot, options: PromptOptions): () => void {
  const wording = new Wording(root.host as HTMLElement, CONSENT, () => {});
  let open = true;
  let close = () => {};
  void wording.ready().then((t) => {
    if (open) close = show(root, options, t);
  });
  return () => {
    open = false;
    wording.rest();
    close();
  };
}

function show(root: ShadowRoot, options: PromptOptions, t: ConsentWords): () => void {
  const { settings, later } = options;
  const inline = settings.prompt === 'inline';
  const dialog = question(options, t);
  const announcement = h('p', { class: 'hidden', role: 'status' });
  // A landmark, so that a screen reader's list of them leads here; the dialog inside says what it is about.
  const prompt = h('section', { class: `prompt ${inline ? 'inline' : settings.promptPosition}`, part: 'prompt', 'aria-label': t('consent.region'), lang: t.lang, dir: t.dir }, dialog, announcement);
  if (!inline) prompt.popover = 'manual';
  const styles = sheet(PALETTE + PROMPT_STYLES);
  root.adoptedStyleSheets.push(styles);
  root.append(prompt);
  // The top layer lies above every stacking context of the page. Showing it moves no focus.
  if (!inline) prompt.showPopover?.();
  // A live region speaks of what changes after it is there.
  const frame = requestAnimationFrame(() => (announcement.textContent = inline ? '' : t('consent.announcement')));

  let before: HTMLElement | null = null;
  const has = (target: EventTarget | null) => target instanceof Node && (prompt.contains(target) || root.host.contains(target));
  // Of what has a shadow, another of our elements say, the path alone tells what in it had the focus.
  let left: HTMLElement | null = null;
  const onLeave = (event: FocusEvent) => (left = event.composedPath()[0] as HTMLElement);
  prompt.addEventListener('focusin', ({ relatedTarget }) => {
    if (!has(relatedTarget)) before = relatedTarget && left;
  });
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const inside = prompt.matches(':focus-within');
    if (event.key === 'Escape' && (inside || !(inline || elsewhereOpen()))) later();
    if (event.key !== 'F6' || inside || inline) return;
    event.preventDefault();
    dialog.focus();
  };
  document.addEventListener('keydown', onKey);
  document.addEventListener('focusout', onLeave);
  return () => {
    document.removeEventListener('keydown', onKey);
    document.removeEventListener('focusout', onLeave);
    cancelAnimationFrame(frame);
    const inside = prompt.matches(':focus-within');
    prompt.remove();
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== styles);
    if (inside && before?.isConnected) before.focus({ preventScroll: true });
  };
}

/** Escape belongs to what lies open on the page, before it belongs to us. */
function elsewhereOpen(): boolean {
  return document.querySelector(':is(:modal, :popover-open, :fullscreen)') !== null;
}

function question({ settings, allow, decline, later }: PromptOptions, t: ConsentWords): HTMLElement {
  const button = (name: string, click: () => void, ...content: (Node | string)[]) => h('button', { type: 'button', part: `button ${name}`, click }, ...content);
  const close = h('button', { class: 'close', type: 'button', part: 'close', 'aria-label': t('consent.later'), click: later }, '×');
  return h(
    'div',
    { class: 'card', part: 'dialog', role: 'dialog', 'aria-modal': 'false', 'aria-labelledby': 'heading', 'aria-describedby': 'text', tabindex: '-1' },
    h('div', { class: 'top' }, h('h2', { id: 'heading' }, slot('consent-heading', t('consent.heading'))), close),
    h(
      'div',
      { class: 'body' },
      h('div', { id: 'text' }, slot('consent-text', ...sentences(settings, t).map((sentence) => h('p', {}, sentence)))),
      h('details', {}, h('summary', {}, t('consent.more')), slot('consent-details', details(settings, t))),
    ),
    h(
      'div',
      { class: 'answers' },
      button('decline', decline, slot('consent-decline', t('consent.decline'))),
      button('allow', allow, slot('consent-allow', t('consent.allow'))),
    ),
  );
}

function sentences({ engine }: Settings, t: ConsentWords): string[] {
  return [t.plural('consent.runs', engine.workersMax, { share: t.percent(engine.cpuLimit) }), t('consent.costs'), earnings(engine.siteId, engine.siteShare, t)];
}

function earnings(siteId: string, siteShare: number, t: ConsentWords): string {
  if (!siteId || siteShare === 0) return t('consent.earns.visitor');
  return siteShare === 1 ? t('consent.earns.site') : t('consent.earns.shared', { share: t.percent(siteShare) });
}

function details({ engine, consentDays }: Settings, t: ConsentWords): HTMLElement {
  const isKept = engine.storage === 'persistent';
  const limits = { memory: t.number(engine.memoryLimitBytes / MEBIBYTE), data: t.number(engine.bandwidthLimitBytes / MEBIBYTE, 1) };
  const lines = [
    t('consent.isolated'),
    t('consent.limits', limits),
    isKept ? t('consent.kept') : t('consent.unkept'),
    ...(isKept && consentDays > 0 ? [t.plural('consent.remembered', consentDays)] : []),
  ];
  return h('div', {}, h('ul', {}, ...kindsOf(engine.tasks).map((kind) => h('li', {}, t(`consent.kind.${kind}`)))), ...lines.map((line) => h('p', {}, line)));
}

/** All there are, where the site names none; what this version has no kernel for would not run. */
function kindsOf(tasks: readonly string[]): readonly Kind[] {
  const named = new Set<string>(tasks.flatMap((name): readonly string[] => GROUPS[name] ?? [name]));
  return KINDS.filter((kind) => tasks.length === 0 || named.has(kind));
}

function slot(name: string, ...fallback: (Node | string)[]): HTMLSlotElement {
  return h('slot', { name }, ...fallback);
}
