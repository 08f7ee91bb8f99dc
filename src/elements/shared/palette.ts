/** Colours and metrics that the prompt, the badge and the widget share. Light or dark follows `color-scheme`. */
export const PALETTE = `
  :host {
    color-scheme: light dark;
    --paper: light-dark(#fff, #17191e);
    --ink: light-dark(#1a1d23, #eceef2);
    --faint: light-dark(#5b6270, #a3abb9);
    --line: light-dark(#dcdfe5, #353a44);
    --hover: light-dark(#f1f3f6, #23262d);
    --accent: light-dark(#1f5fd6, #8ab4ff);
    --good: light-dark(#1a7f37, #4cc46a);
    --busy: light-dark(#1f5fd6, #8ab4ff);
    --warn: light-dark(#9a6700, #e0b13c);
    --bad: light-dark(#c0272d, #ff8a80);
  }
  .card {
    box-sizing: border-box;
    border: 1px solid var(--line);
    border-radius: 12px;
    background: var(--paper);
    color: var(--ink);
    font: 14px/1.45 system-ui, sans-serif;
    text-align: start;
  }
  .card p, .card h2, .card ul { margin: 0; padding: 0; }
  .card button, .card summary {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }
  .card button {
    min-height: 36px;
    padding: 6px 12px;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: none;
  }
  .card button:hover { background: var(--hover); }
  .card :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
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
