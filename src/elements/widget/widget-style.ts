/** The status has room for two lines, and the credits one for their number: what changes all the time must not move what stands beside it. */
export const WIDGET_STYLES = `
  :host { display: block; width: 280px; max-width: 100%; }
  :host([position]) { position: fixed; inset: auto 16px 16px auto; z-index: 2147483645; max-width: calc(100vw - 32px); max-height: calc(100vh - 32px); overflow: auto; border-radius: 12px; box-shadow: 0 4px 20px rgb(0 0 0 / 0.18); }
  :host([position='bottom-start']) { inset: auto auto 16px 16px; }
  :host([hidden]) { display: none; }
  .card { padding: 14px 16px; }
  h2 { font-size: 14px; font-weight: 600; }
  h3 { margin: 12px 0 4px; font-size: 13px; font-weight: 600; }
  .status { display: flex; gap: 8px; min-height: 2.9em; color: var(--faint); font-size: 13px; }
  .status::before { content: ''; flex: none; width: 9px; height: 9px; margin-top: 5px; border-radius: 50%; background: var(--faint); forced-color-adjust: none; }
  .status[data-tone='good']::before { background: var(--good); }
  .status[data-tone='busy']::before { background: var(--busy); }
  .status[data-tone='warn']::before { background: var(--warn); }
  .status[data-tone='bad']::before { background: var(--bad); }
  .card .error { margin-top: 6px; color: var(--bad); font-size: 13px; overflow-wrap: anywhere; }
  .card .credits { margin-top: 10px; }
  .credits b { display: block; font-size: 26px; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
  .faint { color: var(--faint); }
  dl { display: grid; gap: 2px; margin: 10px 0 0; }
  dl div { display: flex; justify-content: space-between; gap: 12px; }
  dt { color: var(--faint); }
  dd { margin: 0; font-variant-numeric: tabular-nums; }
  meter { width: 100%; height: 10px; margin-top: 6px; }
  .row { display: flex; gap: 8px; margin-top: 12px; }
  .row > * { flex: 1 1 0; }
  .menu { position: relative; }
  .menu summary { box-sizing: border-box; min-height: 36px; padding: 7px 12px; border: 1px solid var(--line); border-radius: 8px; text-align: center; list-style: none; line-height: 20px; }
  .menu summary::-webkit-details-marker { display: none; }
  .menu summary::after { content: ''; display: inline-block; margin: 0 0 2px 7px; border: 4px solid transparent; border-bottom: 0; border-top-color: var(--faint); }
  .menu summary:hover { background: var(--hover); }
  .menu ul { position: absolute; z-index: 1; inset: auto 0 calc(100% + 4px) auto; min-width: 100%; box-sizing: border-box; white-space: nowrap; padding: 4px; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); box-shadow: 0 4px 16px rgb(0 0 0 / 0.2); list-style: none; }
  .menu li button { width: 100%; border-color: transparent; text-align: start; }
  .card .stop { width: 100%; margin-top: 8px; border-color: transparent; color: var(--faint); text-decoration: underline; text-underline-offset: 3px; }
  .history { margin-top: 8px; border-top: 1px solid var(--line); padding-top: 8px; font-size: 13px; }
  .history ul { max-height: 220px; margin-top: 6px; overflow: auto; list-style: none; }
  .history li { padding: 5px 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
  .history li:first-child { border-top: 0; }
  .history li .faint { display: block; }
`;
