/**
 * Notes have room for two lines and drawings a fixed height, so that figures that change move nothing. The colours of the series
 * are told apart by the colour-blind and stand out from the paper by 3 to 1; in forced colours they stay, since the light or dark
 * paper they are made for does.
 */
const LIGHT_AND_DARK = [['#0072b2', '#58b2f0'], ['#c2570c', '#ff9a5c'], ['#00875f', '#3fd0a0'], ['#a8458a', '#f092cf'], ['#8a6a00', '#e8c44c'], ['#4b4fb8', '#a9a8ff'], ['#7a2e2e', '#e07a7a'], ['#5b6270', '#b3bac6']] as const;

const SERIES = LIGHT_AND_DARK.map(([light, dark], at) => `--series-${at + 1}: var(--edge-net-series-${at + 1}, light-dark(${light}, ${dark}));`).join(' ');
const SWATCHES = LIGHT_AND_DARK.map((_, at) => `.swatch[data-colour='${at + 1}'] { background: var(--series-${at + 1}); }`).join(' ');

export const DASHBOARD_STYLES = `
  :host { display: block; ${SERIES} }
  :host([hidden]) { display: none; }
  .board { container-type: inline-size; padding: 16px; }
  .board p { margin: 0; }
  .faint { color: var(--faint); font-size: 13px; }
  header { display: flex; flex-wrap: wrap; align-items: start; justify-content: space-between; gap: 12px; margin-block-end: 16px; }
  header > div { flex: 1 1 180px; min-width: 0; overflow-wrap: anywhere; }
  .card h2 { font-size: 18px; line-height: 1.3; font-weight: 650; }

  .ranges { display: flex; flex: none; min-width: 0; margin: 0; padding: 3px; border: 1px solid var(--line); border-radius: 10px; background: var(--hover); }
  .ranges label { position: relative; display: block; cursor: pointer; }
  .ranges input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
  .ranges span { display: block; box-sizing: border-box; min-height: 36px; padding: 8px 12px; border-radius: 7px; color: var(--ink); font-size: 13px; line-height: 20px; white-space: nowrap; }
  .ranges input:hover + span { text-decoration: underline; text-underline-offset: 3px; }
  .ranges input:checked + span { background: var(--paper); box-shadow: 0 0 0 1px var(--accent); font-weight: 600; text-decoration: none; }
  .ranges input:focus-visible + span { outline: 2px solid var(--accent); outline-offset: 2px; }

  .card .notice { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 16px; margin-block-end: 16px; padding: 10px 14px; border: 1px solid var(--line); border-inline-start: 4px solid var(--accent); border-radius: 8px; overflow-wrap: anywhere; }
  .card p.notice { display: block; }
  .notice > div { flex: 1 1 240px; }
  .notice[data-tone='warn'] { border-inline-start-color: var(--warn); }
  .notice[data-tone='bad'] { border-inline-start-color: var(--bad); }

  .tiles { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; margin: 0; }
  .tile { min-width: 0; padding: 10px 12px; border: 1px solid var(--line); border-radius: 10px; }
  .tile dt { color: var(--faint); font-size: 13px; }
  .tile dd { margin: 0; }
  .tile .value { font-size: 22px; line-height: 1.35; font-weight: 650; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
  .tile .note { min-height: 2.8em; color: var(--faint); font-size: 12px; line-height: 1.4; overflow-wrap: anywhere; }
  .why summary { min-height: 24px; line-height: 24px; text-decoration: underline; text-underline-offset: 3px; }

  .charts { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; margin-block-start: 12px; }
  figure { display: flex; flex-direction: column; min-width: 0; margin: 0; padding: 12px; border: 1px solid var(--line); border-radius: 10px; }
  figcaption { font-weight: 600; }
  .card .legend { display: flex; flex-wrap: wrap; gap: 2px 14px; margin-block-start: 4px; list-style: none; font-size: 13px; }
  .legend li { display: flex; align-items: center; gap: 6px; min-width: 0; overflow-wrap: anywhere; }
  .legend b { font-variant-numeric: tabular-nums; }
  .swatch { flex: none; width: 10px; height: 10px; border-radius: 2px; forced-color-adjust: none; }
  ${SWATCHES}
  .plot { display: grid; height: 200px; margin-block: auto 4px; padding-block-start: 8px; }
  .drawing { min-width: 0; direction: ltr; --plot-background: var(--paper); }
  .drawing svg { display: block; overflow: visible; font: 11px system-ui, sans-serif; color: var(--ink); }
  .drawing text { white-space: pre; font-variant-numeric: tabular-nums; }
  .plot .none { place-self: center; color: var(--faint); text-align: center; }

  .table summary { display: flex; width: max-content; align-items: center; min-height: 36px; padding-inline-end: 8px; color: var(--faint); font-size: 13px; text-decoration: underline; text-underline-offset: 3px; }
  .table summary::-webkit-details-marker { display: none; }
  .table summary::before { content: ''; width: 6px; height: 6px; margin-inline: 2px 8px; border: solid currentColor; border-width: 0 2px 2px 0; rotate: -45deg; }
  .table:dir(rtl) summary::before { rotate: 135deg; }
  .table[open] summary::before { rotate: 45deg; }
  .scroll { max-height: 300px; overflow: auto; border: 1px solid var(--line); border-radius: 8px; }
  table { width: 100%; border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
  caption { padding: 6px 10px; color: var(--faint); text-align: start; }
  th, td { padding: 4px 10px; border-block-start: 1px solid var(--line); text-align: end; }
  th { font-weight: 500; text-align: start; }
  thead th { text-align: end; vertical-align: bottom; }
  thead th:first-child { text-align: start; }
  tbody th, tfoot th { white-space: nowrap; }
  tfoot th, tfoot td { border-block-start-width: 2px; font-weight: 650; }
  footer { margin-block-start: 12px; }

  .empty { padding: 8px 0; }
  .empty h3 { margin: 0 0 12px; font-size: 15px; font-weight: 600; }
  .steps { display: grid; gap: 14px; margin: 0; padding: 0; list-style: none; }
  .steps li { display: flex; gap: 12px; }
  .steps li > div { min-width: 0; overflow-wrap: anywhere; }
  .tick { flex: none; box-sizing: border-box; width: 26px; height: 26px; border: 2px solid var(--line); border-radius: 50%; color: var(--faint); font-size: 13px; font-weight: 650; line-height: 22px; text-align: center; }
  [aria-current='step'] .tick { border-color: var(--accent); color: var(--accent); }
  [data-done='true'] .tick { border-color: var(--good); background: var(--good); color: var(--paper); }
  [data-done='true'] .tick::before { content: ''; display: block; width: 6px; height: 11px; margin: 2px auto 0; border: solid currentColor; border-width: 0 2.5px 2.5px 0; rotate: 45deg; }
  .step { font-weight: 600; line-height: 26px; }
  .todo { max-width: 60ch; color: var(--faint); font-size: 13px; }

  @container (min-width: 480px) { .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); } .tile:last-child { grid-column: span 3; } .tile:last-child .note { min-height: 1.4em; } }
  @container (min-width: 760px) {
    .tiles { grid-template-columns: repeat(5, minmax(0, 1fr)); }
    .tile:last-child { grid-column: auto; }
    .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  }
  @media (forced-colors: active) {
    :host([theme]) { color-scheme: light dark; }
    .notice, .tile, figure, .scroll, .ranges, .tick { border-color: CanvasText; }
    .ranges input:checked + span { forced-color-adjust: none; background: Highlight; color: HighlightText; }
  }
  @media print {
    .ranges, .notice button, .table:not([open]), .why p { display: none; }
    .card { border: 0; }
    .scroll { max-height: none; overflow: visible; }
    figure, .tile { break-inside: avoid; }
  }
`;
