/** What changes all the time has room of its own, so that it moves nothing beside it. */
export const WIDGET_STYLES = `
  :host { display: block; width: 280px; max-width: 100%; }
  :host([hidden]) { display: none !important; }
  /* A page's rule for the tag must not stretch what is pinned. */
  :host([position^='bottom']) { position: fixed !important; inset: auto 16px 16px auto !important; inset-inline: auto 16px !important; width: auto !important; max-width: none !important; z-index: 2147483645; }
  :host([position='bottom-start']) { inset-inline: 16px auto !important; }
  :host([position^='bottom']) section { width: min(280px, calc(100vw - 32px)); max-height: calc(100dvh - 80px); overflow: auto; overscroll-behavior: contain; box-shadow: 0 4px 20px rgb(0 0 0 / 0.18); }
  section { padding: 14px 16px 12px; outline-offset: 2px; }
  .card[tabindex]:focus:not(:focus-visible) { outline: none; }
  header { display: flex; align-items: center; justify-content: space-between; gap: 8px; min-height: 20px; }
  .card h2 { color: var(--faint); font-size: 12px; font-weight: 500; line-height: 20px; }
  .card h3 { margin: 12px 0 4px; font-size: 13px; font-weight: 600; }
  .card .fold { display: grid; place-items: center; width: 32px; min-height: 32px; margin: -6px -8px -6px 0; margin-inline: 0 -8px; padding: 0; border-color: transparent; }
  .fold span { width: 12px; border-top: 2px solid var(--faint); }
  .status { display: grid; grid-template-columns: auto 1fr; column-gap: 8px; align-items: center; margin-top: 6px; }
  .title { font-size: 15px; font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
  .hint { grid-column: 2; min-height: 2.7em; font-size: 13px; line-height: 1.35; }
  .details { margin-top: 6px; font-size: 13px; }
  .details summary, .history summary { width: fit-content; min-height: 24px; line-height: 24px; }
  .details p { overflow-wrap: anywhere; text-align: start; }
  .card .problem { margin-top: 6px; color: var(--bad); font-size: 13px; }
  .card .invitation { margin-top: 4px; font-size: 13px; }
  .card .credits { margin-top: 8px; white-space: nowrap; }
  .credits b { display: block; overflow: hidden; text-overflow: ellipsis; font-size: 26px; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
  .credits > span { display: flex; gap: 8px; font-variant-numeric: tabular-nums; }
  .card dl { display: grid; gap: 3px; margin-top: 10px; font-size: 13px; }
  dl div { display: flex; justify-content: space-between; gap: 12px; }
  dt { color: var(--faint); }
  dd { font-variant-numeric: tabular-nums; white-space: nowrap; }
  .chart { margin: 10px 0 0; font-size: 13px; }
  figcaption { display: flex; justify-content: space-between; gap: 12px; font-variant-numeric: tabular-nums; }
  svg { display: block; width: 100%; height: 36px; margin-top: 4px; }
  svg path { fill: none; vector-effect: non-scaling-stroke; }
  svg .base { stroke: var(--line); }
  svg .line { stroke: var(--accent); stroke-width: 1.5; stroke-linejoin: round; }
  svg .area { fill: var(--accent); opacity: 0.13; }
  .row { display: flex; gap: 8px; margin-top: 12px; }
  .row > * { flex: 1 1 0; min-width: 0; }
  .menu { position: relative; }
  .card .menu > button { width: 100%; }
  .menu > button::after { content: ''; display: inline-block; margin-inline-start: 7px; margin-block-end: 2px; border: 4px solid transparent; border-bottom: 0; border-top-color: currentColor; }
  .menu ul { position: absolute; z-index: 1; inset-block-end: calc(100% + 4px); inset-inline-end: 0; min-width: 100%; box-sizing: border-box; padding: 4px; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); box-shadow: 0 4px 16px rgb(0 0 0 / 0.2); list-style: none; white-space: nowrap; }
  .menu ul[hidden] { display: none; }
  .card .menu ul { padding: 4px; }
  .card .menu li button { width: 100%; border-color: transparent; text-align: start; }
  .menu li button:focus { background: var(--hover); }
  .limit { display: grid; grid-template-columns: 1fr auto; gap: 2px 8px; margin-top: 12px; font-size: 13px; }
  .limit output { font-weight: 600; font-variant-numeric: tabular-nums; }
  .limit input { grid-column: 1 / -1; width: 100%; min-height: 24px; margin: 0; accent-color: var(--accent); }
  .limit .throttle { grid-column: 1 / -1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 12px; }
  .card .link { min-height: 28px; padding: 2px 0; border-color: transparent; color: var(--faint); font-size: 13px; text-decoration: underline; text-underline-offset: 3px; text-align: start; }
  .card .link:hover { background: none; color: var(--ink); }
  #stop { display: block; margin-top: 6px; }
  .confirm { margin-top: 12px; padding: 10px 12px; border: 1px solid var(--line); border-radius: min(8px, var(--radius)); font-size: 13px; }
  .card .confirm p + p { margin-top: 4px; }
  .card .danger { border-color: var(--bad); color: var(--bad); }
  .history { margin-top: 6px; padding-top: 6px; border-top: 1px solid var(--line); font-size: 13px; }
  .history ul { list-style: none; }
  .history li { padding: 5px 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
  .history li:first-child { border-top: 0; }
  .history li .faint { display: block; font-variant-numeric: tabular-nums; }
  .pill { display: flex; }
  .pill .card { display: flex; align-items: center; gap: 8px; max-width: min(280px, calc(100vw - 32px)); min-height: 40px; padding: 8px 14px; border-radius: 20px; background: var(--paper); box-shadow: 0 2px 10px rgb(0 0 0 / 0.18); cursor: pointer; }
  @media (forced-colors: active) { .dot { border: 1px solid CanvasText; } svg .line { stroke: CanvasText; } .danger, .menu ul { border-color: CanvasText; } }
`;
