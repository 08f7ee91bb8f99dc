export const LOG_STYLES = `
  :host { display: block; container-type: inline-size; max-width: 100%; }
  :host([hidden]) { display: none; }
  .card { padding: 16px; }
  .card h2 { font-size: 16px; font-weight: 600; }
  .card .intro { margin-block-start: 4px; max-width: 70ch; color: var(--faint); font-size: 13px; }
  .note { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; margin-block-start: 14px; min-height: 36px; }
  .card .note p { flex: 1 1 16ch; overflow-wrap: anywhere; }
  form { display: grid; grid-template-columns: repeat(auto-fit, minmax(110px, 1fr)); gap: 8px; margin-block-start: 14px; }
  label span { display: block; margin-block-end: 2px; color: var(--faint); font-size: 12px; }
  select, input { box-sizing: border-box; inline-size: 100%; min-block-size: 36px; padding: 5px 8px; border: 1px solid var(--strong); border-radius: min(8px, var(--radius)); background: var(--paper); color: var(--ink); font: inherit; }
  .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-block-start: 12px; min-height: 36px; }
  .bar p { flex: 1; color: var(--faint); font-variant-numeric: tabular-nums; }
  .sure { margin-block-start: 8px; padding: 10px 12px; border: 1px solid var(--bad); border-radius: min(8px, var(--radius)); }
  .sure .bar { margin-block-start: 8px; }
  .card .danger { border-color: var(--bad); color: var(--bad); }
  table { inline-size: 100%; margin-block-start: 8px; border-collapse: collapse; font-size: 13px; }
  th, td { padding: 4px 8px; border-block-end: 1px solid var(--line); text-align: start; vertical-align: middle; font-weight: 400; overflow-wrap: anywhere; }
  thead th { color: var(--faint); font-size: 12px; vertical-align: bottom; overflow-wrap: normal; }
  .duration, .cpu, .data, .credits, .outcome { white-space: nowrap; }
  td { font-variant-numeric: tabular-nums; }
  :is(.duration, .cpu, .data, .credits) { text-align: end; }
  .outcome { display: inline-flex; align-items: center; gap: 6px; }
  :is(td, th).outcome { display: table-cell; }
  .card .open { display: flex; align-items: center; gap: 8px; inline-size: 100%; padding: 4px 0; border-color: transparent; text-align: start; }
  .open::before { content: ''; flex: none; margin-inline-end: 5px; border: 5px solid transparent; border-inline-start-color: var(--faint); border-inline-end-width: 0; forced-color-adjust: none; }
  .open[aria-expanded='true']::before { margin-inline-end: 0; border: 5px solid transparent; border-block-start-color: var(--faint); border-block-end-width: 0; }
  .is-open > * { border-block-end-color: transparent; }
  .details > td { padding: 0 8px 12px 22px; padding-inline: 22px 8px; }
  dl { display: grid; gap: 8px; margin: 0; }
  dt { color: var(--faint); font-size: 12px; }
  dd { display: flex; align-items: center; justify-content: space-between; gap: 8px; }
  code { font: 12px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
  .card dd button { flex: none; min-height: 28px; padding: 2px 10px; font-size: 12px; }
  .card .details p { margin-block-start: 8px; font-size: 12px; }
  nav { display: flex; justify-content: end; gap: 8px; margin-block-start: 12px; }
  @container (max-width: 680px) {
    table, tbody, tr, th, td { display: block; }
    thead { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
    .row { padding-block: 6px; border-block-end: 1px solid var(--line); }
    .is-open { border-block-end-color: transparent; }
    .row > *, :is(td, th).outcome { display: flex; justify-content: space-between; gap: 12px; padding: 2px 0; border: 0; text-align: end; }
    .row > .task { display: block; text-align: start; font-weight: 600; }
    .row > td::before { content: attr(data-name); content: attr(data-name) / ''; color: var(--faint); text-align: start; }
    .details { border-block-end: 1px solid var(--line); }
    .details > td { padding: 0 0 10px; border: 0; }
    .row { display: flex; flex-direction: column; }
    .row > .task { order: -1; }
  }
  @media (forced-colors: active) {
    .open::before { border-inline-start-color: ButtonText; }
    select, input { border-color: CanvasText; }
  }
`;
