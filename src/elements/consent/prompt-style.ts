/** A corner card, on small screens a bottom sheet; of a small window it never takes more than its text needs, or 60 %. */
export const PROMPT_STYLES = `
  .prompt {
    position: fixed;
    inset-block: auto max(16px, env(safe-area-inset-bottom));
    inset-inline: auto 16px;
    box-sizing: border-box;
    inline-size: min(360px, calc(100vw - 32px));
    max-block-size: min(60vh, 560px);
    max-block-size: min(60dvh, 560px);
    margin: 0;
    padding: 0;
    border: 0;
    background: none;
    overflow: visible;
    z-index: 2147483647;
  }
  .prompt:not([popover]) { display: flex; }
  .prompt:popover-open { display: flex; }
  .prompt.bottom-start { inset-inline: 16px auto; }
  .prompt.bottom { inset-inline: 16px; margin-inline: auto; }
  .prompt.inline { position: static; inline-size: auto; max-inline-size: 360px; max-block-size: none; }
  .prompt .card { display: flex; flex-direction: column; inline-size: 100%; min-block-size: 0; overflow: hidden; box-shadow: 0 8px 32px rgb(0 0 0 / 0.22); }
  .prompt.inline .card { box-shadow: none; }
  .top { display: flex; align-items: start; gap: 8px; padding-block-start: 14px; padding-inline: 16px 10px; }
  .top h2 { flex: 1; font-size: 16px; font-weight: 600; line-height: 1.35; }
  .card .close { flex: none; inline-size: 36px; min-block-size: 36px; margin-block-start: -7px; padding: 0; border-color: transparent; color: var(--faint); font-size: 20px; line-height: 1; }
  .body { flex: 1 1 auto; min-block-size: 0; overflow: auto; overscroll-behavior: contain; padding: 6px 16px 2px; background: linear-gradient(to top, var(--paper) 8px, transparent) bottom / 100% 20px no-repeat local, linear-gradient(to top, rgb(0 0 0 / 0.18), transparent) bottom / 100% 6px no-repeat scroll; }
  #text { display: grid; gap: 6px; }
  #text slot { display: contents; }
  .body details { margin-block: 8px 4px; font-size: 13px; }
  .body details div { display: grid; gap: 6px; padding-block-start: 4px; color: var(--faint); }
  .card .body ul { padding-inline-start: 18px; }
  .body summary { inline-size: fit-content; padding-block: 3px; text-decoration: underline; text-underline-offset: 3px; }
  .answers { flex: none; display: grid; grid-template-columns: 1fr 1fr; gap: 8px; padding: 8px 16px 16px; }
  .card .answers button { min-block-size: 40px; border-color: var(--ink); font-weight: 600; overflow-wrap: anywhere; }
  @media (max-width: 480px) {
    .prompt:not(.inline) { inset-block: auto 0; inset-inline: 0; inline-size: min(360px, 100%); margin-inline: auto; }
    .prompt:not(.inline) .card { border-radius: 14px 14px 0 0; border-block-end-width: 0; padding-block-end: env(safe-area-inset-bottom); }
  }
  @media (max-height: 320px) {
    .prompt:not(.inline) .card { overflow: auto; }
    .prompt:not(.inline) .body { flex: none; overflow: visible; }
    .answers { padding-block: 4px 8px; }
  }
  @media (forced-colors: active) {
    .card .answers button, .card .close { border-color: ButtonBorder; }
  }
  @media print { .prompt:not(.inline) { display: none; } }
  @media (prefers-reduced-motion: no-preference) {
    .prompt:not(.inline) { animation: rise 0.25s ease-out; }
    @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
  }
`;
