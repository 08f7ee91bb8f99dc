/** What changes all the time has room of its own, so that it moves nothing beside it. */
export const WIDGET_STYLES = `
  :host { display: block; width: 280px; max-width: 100%; }
  :host([hidden]) { display: none !important; }
  /* A page's rule for the tag must not stretch what is pinned. */
  :host([position^='bottom']) { position: fixed !important; inset: auto auto 16px !important; inset-inline: auto 16px !important; width: auto !important; max-width: none !important; z-index: 2147483645; }
  :host([position='bottom-start']) { inset-inline: 16px auto !important; }
  :host([position^='bottom']) section { width: min(280px, calc(100vw - 32px)); max-height: calc(100dvh - 80px); overflow: auto; box-shadow: 0 4px 20px rgb(0 0 0 / 0.18); }
  section.card { padding: 14px 16px 12px; font-size: 13px; }
  section:focus:not(:focus-visible) { outline: none; }
  header, figcaption, dl div { display: flex; justify-content: space-between; gap: 12px; }
  .card h2 { color: var(--faint); font-size: 12px; font-weight: 500; line-height: 20px; }
  .card h3 { margin: 12px 0 4px; font-size: 13px; }
  .card .fold { display: grid; place-items: center; width: 32px; min-height: 32px; margin-block: -6px; margin-inline: 0 -8px; padding: 0; border-color: transparent; }
  .fold span { width: 12px; border-top: 2px solid var(--faint); }
  .status { display: grid; grid-template-columns: auto 1fr; column-gap: 8px; align-items: center; margin-top: 6px; }
  .title { font-size: 15px; font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
  .hint { grid-column: 2; min-height: 2.7em; line-height: 1.35; }
  summary { width: fit-content; min-height: 24px; line-height: 24px; }
  .card .details, .card .problem, .card .invitation, .history, #stop { display: block; margin-top: 6px; overflow-wrap: anywhere; }
  .card .problem, .card .danger { border-color: var(--bad); color: var(--bad); }
  .card .credits { margin-top: 8px; font-size: 14px; white-space: nowrap; }
  .credits b { display: block; overflow: hidden; text-overflow: ellipsis; font-size: 26px; line-height: 1.2; }
  .credits > span { display: flex; gap: 8px; }
  .credits, dd, figcaption, output, .history li { font-variant-numeric: tabular-nums; }
  .card dl { display: grid; gap: 3px; margin-top: 10px; }
  dt { color: var(--faint); }
  dd { white-space: nowrap; }
  .chart { margin: 10px 0 0; }
  svg { display: block; width: 100%; height: 36px; margin-top: 4px; }
  svg:dir(rtl) { scale: -1 1; }
  path { fill: none; stroke: var(--line); vector-effect: non-scaling-stroke; }
  .line { stroke: var(--accent); stroke-width: 1.5; stroke-linejoin: round; }
  .area { fill: var(--accent); stroke: none; opacity: 0.13; }
  .row { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 8px; margin-top: 12px; }
  .menu { position: relative; }
  .menu button { width: 100%; }
  .menu > button::after { content: ''; display: inline-block; width: 5px; height: 5px; margin: 0 8px 3px; border: solid; border-width: 0 2px 2px 0; rotate: 45deg; }
  .card .menu ul { position: absolute; z-index: 1; inset-block-start: calc(100% + 4px); inset-inline-end: 0; min-width: 100%; box-sizing: border-box; padding: 4px; border: 1px solid var(--line); border-radius: 8px; background: var(--paper); box-shadow: 0 4px 20px rgb(0 0 0 / 0.18); white-space: nowrap; }
  .card .menu ul[hidden] { display: none; }
  .card .menu li button { border-color: transparent; text-align: start; }
  .menu li button:focus { background: var(--hover); }
  .limit { display: grid; grid-template-columns: 1fr auto; gap: 2px 8px; margin-top: 12px; }
  .limit output { font-weight: 600; }
  .limit input, .throttle { grid-column: 1 / -1; min-height: 24px; margin: 0; accent-color: var(--accent); }
  .throttle { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 12px; }
  .card .link { min-height: 28px; padding: 2px 0; border-color: transparent; color: var(--faint); text-decoration: underline; text-underline-offset: 3px; }
  .card .link:hover { background: none; color: var(--ink); }
  .confirm { margin-top: 12px; padding: 10px 12px; border: 1px solid var(--line); border-radius: 8px; }
  #loss { margin-top: 4px; }
  .history { padding-top: 6px; border-top: 1px solid var(--line); }
  ul { list-style: none; }
  .history li { padding: 5px 0; }
  .history li + li { border-top: 1px solid var(--line); }
  .history li .faint { display: block; }
  .pill .card { display: flex; align-items: center; gap: 8px; max-width: min(280px, calc(100vw - 32px)); min-height: 40px; padding: 8px 14px; border-radius: 20px; background: var(--paper); box-shadow: 0 4px 20px rgb(0 0 0 / 0.18); }
  @media print { :host([position^='bottom']) { display: none !important; } }
`;
