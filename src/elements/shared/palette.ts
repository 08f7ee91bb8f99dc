/**
 * Colours and metrics that all elements share. Light or dark follows the page's `color-scheme`, or the attribute `theme`. A site
 * sets `--edge-net-*` on the element or above it; faint and hover are mixed of ink and paper, so that they follow.
 */
export const PALETTE = `
  :host {
    --paper: var(--edge-net-paper, light-dark(#fff, #17191e));
    --ink: var(--edge-net-ink, light-dark(#1a1d23, #eceef2));
    --line: var(--edge-net-line, light-dark(#dcdfe5, #353a44));
    --accent: var(--edge-net-accent, light-dark(#1f5fd6, #8ab4ff));
    --radius: var(--edge-net-radius, 12px);
    --faint: color-mix(in srgb, var(--ink) 72%, var(--paper));
    --hover: color-mix(in srgb, var(--ink) 6%, var(--paper));
    --strong: color-mix(in srgb, var(--ink) 48%, var(--paper));
    --good: light-dark(#1a7f37, #4cc46a);
    --busy: var(--accent);
    --warn: light-dark(#9a6700, #e0b13c);
    --bad: light-dark(#c0272d, #ff8a80);
  }
  :host([theme='light']) { color-scheme: light; }
  :host([theme='dark']) { color-scheme: dark; }
  .card {
    box-sizing: border-box;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--paper);
    color: var(--ink);
    font: 14px/1.45 var(--edge-net-font, system-ui, sans-serif);
    text-align: start;
    text-indent: 0;
    text-transform: none;
    letter-spacing: normal;
    white-space: normal;
  }
  .card :is(p, h2, h3, ul, ol, dl, dd) { margin: 0; padding: 0; }
  .card button, .card summary {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }
  .card button {
    min-height: 36px;
    padding: 6px 12px;
    border: 1px solid var(--line);
    border-radius: min(8px, var(--radius));
    background: none;
  }
  .card button:hover { background: var(--hover); }
  .card button[aria-disabled='true'] { opacity: 0.55; cursor: default; }
  .card :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  .faint { color: var(--faint); }
  .dot { flex: none; width: 9px; height: 9px; border-radius: 50%; background: var(--faint); forced-color-adjust: none; }
  .dot[data-tone='good'] { background: var(--good); }
  .dot[data-tone='busy'] { background: var(--busy); }
  .dot[data-tone='warn'] { background: var(--warn); }
  .dot[data-tone='bad'] { background: var(--bad); }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (forced-colors: active) {
    .card, .card button { border-color: CanvasText; }
  }
`;
