/**
 * The demo page in the forms that are compared. It is an application of the network, so what speaks to its node is taken out
 * first. All have the button that is clicked; what differs is the one tag, with its limit, or two workers that compute
 * without a pause.
 */

/** `plain` is what the others are compared with; `saturated` has to miss the gates, or the measurement is blind. */
export type Arm = 'plain' | 'at30' | 'at50' | 'saturated';

export const ARMS: readonly Arm[] = ['plain', 'at30', 'at50', 'saturated'];

/** Share of a core that the page may give. */
const CPU_LIMIT: Readonly<Partial<Record<Arm, number>>> = { at30: 0.3, at50: 0.5 };

export const contributes = (arm: Arm): boolean => CPU_LIMIT[arm] !== undefined;

/** The node of the demo page and its scripts, all of which speak to it, stand at the end; what shows the node stands where it likes. */
const DEMO_NODE = '<edge-net-node';
const DEMO_VIEWS = /<edge-net-(widget|leaderboard)[^>]*><\/edge-net-\1>/gu;
const DEMO_VIEW_STYLES = /^.*edge-net-leaderboard \{.*\}\n/mu;
const HEAD_END = '</head>';
const BODY_END = '</body>';

/** A click sorts a table anew, as clicks on pages do. */
const BUTTON = `
  <button id="probe" style="position: fixed; inset: 0 auto auto 0">Sort</button>
  <table id="rows" style="position: fixed; inset: 48px auto auto 0; font-size: 8px"></table>
  <script>
    document.getElementById('probe').addEventListener('click', () => {
      const numbers = Array.from({ length: 60 }, (_, i) => [(i * 37) % 61, i]).sort(() => Math.random() - 0.5);
      document.getElementById('rows').replaceChildren(...numbers.map((cells) => {
        const row = document.createElement('tr');
        row.append(...cells.map((textContent) => Object.assign(document.createElement('td'), { textContent })));
        return row;
      }));
    });
  </script>
`;

const SATURATION = `
  <script>
    const endless = URL.createObjectURL(new Blob(['for (let x = 0;;) x = Math.sqrt(x + 1);']));
    globalThis.saturating = [new Worker(endless), new Worker(endless)];
  </script>
`;

/**
 * @param demo the text of the demo page
 * @param relay `ws://…/gun`
 */
export function pageOf(demo: string, arm: Arm, relay: string): string {
  const [nodeAt, headEndAt, bodyEndAt] = [DEMO_NODE, HEAD_END, BODY_END].map((text) => demo.indexOf(text)) as [number, number, number];
  if (headEndAt < 0 || nodeAt < headEndAt || bodyEndAt < nodeAt) throw new Error('The demo page has no node between its head and the end of its body.');
  const head = demo.slice(0, headEndAt).replace(DEMO_VIEW_STYLES, '') + tagOf(arm, relay);
  const body = demo.slice(headEndAt, nodeAt).replace(DEMO_VIEWS, '') + BUTTON + (arm === 'saturated' ? SATURATION : '');
  return head + body + demo.slice(bodyEndAt);
}

/** As a site pastes it. Only: a visitor who clicks would lower the limit to 20 % for five seconds, and here the whole limit is tried. */
function tagOf(arm: Arm, relay: string): string {
  const limit = CPU_LIMIT[arm];
  if (limit === undefined) return '';
  return `<script async src="./dist/edge-net.global.js" data-relays="${relay}" data-consent="granted" data-cpu-limit="${limit}" data-min-idle-time="0" data-widget="bottom-end"></script>\n`;
}
