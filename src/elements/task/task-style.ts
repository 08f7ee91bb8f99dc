export const TASK_STYLES = `
  :host { display: block; max-width: 100%; }
  :host([hidden]) { display: none; }
  .card { padding: 16px; overflow-wrap: anywhere; }
  .card h2 { font-size: 16px; font-weight: 600; }
  .card :is(h3, h4) { margin-block-end: 4px; font-size: 14px; font-weight: 600; }
  .card h4 { margin: 8px 0 2px; font-weight: 500; }
  .controls { margin-block-start: 10px; }
  .price { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; min-height: 3em; margin-block-start: 10px; font-variant-numeric: tabular-nums; }
  .price p { flex: 1 1 20ch; }
  .warn { color: var(--warn); }
  .row { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
  .card .run { border-color: var(--ink); background: var(--ink); color: var(--paper); font-weight: 600; }
  .card .run:hover { background: color-mix(in srgb, var(--ink) 86%, var(--paper)); }
  .card .buttons { margin-block-start: 10px; }
  .card .status { min-height: 1.45em; margin-block: 10px 6px; }
  .bar { min-block-size: 14px; }
  progress { display: block; inline-size: 100%; block-size: 8px; accent-color: var(--accent); }
  @media (prefers-reduced-motion: reduce) {
    progress:indeterminate { appearance: none; border-radius: 4px; background: repeating-linear-gradient(135deg, var(--accent) 0 6px, transparent 6px 12px); }
    progress:indeterminate::-webkit-progress-bar { background: none; }
  }
  .failure, .proof, .result { margin-block-start: 14px; padding-block-start: 12px; border-block-start: 1px solid var(--line); }
  .failure h3 { color: var(--bad); }
  .card .message { margin-block: 4px; font-size: 13px; }
  .failure .row { margin-block-start: 8px; }
  a { color: var(--accent); }
  .card :is(ol, ul) { padding-inline-start: 24px; }
  .numbers { font-variant-numeric: tabular-nums; white-space: pre-wrap; }
  .fields { display: grid; gap: 4px; }
  details { margin-block-start: 8px; font-size: 13px; }
  summary { inline-size: fit-content; padding-block: 3px; text-decoration: underline; text-underline-offset: 3px; }
  pre { max-block-size: 240px; margin: 6px 0; padding: 8px; overflow: auto; border: 1px solid var(--line); border-radius: min(8px, var(--radius)); font: 12px/1.4 ui-monospace, monospace; white-space: pre-wrap; }
  .card .result button, .card .proof button { min-height: 28px; padding: 2px 10px; font-size: 12px; }
  .verdict { display: inline-flex; align-items: center; gap: 6px; margin-inline-end: 4px; }
  .card dl { display: grid; gap: 4px; margin-block-start: 8px; }
  dl > div { display: grid; grid-template-columns: minmax(70px, max-content) 1fr; gap: 12px; align-items: baseline; }
  dt { color: var(--faint); }
  code { font: 12px/1.4 ui-monospace, monospace; }
  @media (forced-colors: active) {
    .card .run { border-color: ButtonText; background: ButtonFace; color: ButtonText; }
  }
`;
