/** What a page has to do once it is open: reach its network, draw its widget, have work done here and by others. */
const WAIT_MS_MAX = 60_000;

/** @param check called with a name and what must hold */
export async function visit(browser, url, check) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => ['error', 'warn'].includes(message.type()) && complaints.push(`${message.text()} (${message.location().url ?? ''})`));
  page.on('pageerror', (error) => complaints.push(`uncaught: ${String(error)}`));
  try {
    await page.goto(url);
    await check('the node reaches its network', () => until(page, () => {
      const { status, stats, error } = document.querySelector('edge-net-node')?.state ?? {};
      return { done: status === 'idle' && stats.peers > 1, failed: status === 'error' && error.message, seen: { status, peers: stats?.peers, error } };
    }));
    await check('an event reaches the page', () => until(page, () => {
      const { textContent } = document.getElementById('status');
      return { done: textContent === document.querySelector('edge-net-node').state.status, seen: textContent };
    }));
    await check('the widget draws', () => until(page, () => {
      const widget = document.querySelector('edge-net-widget');
      const { width, height } = widget.getBoundingClientRect();
      const { length } = widget.shadowRoot.textContent.trim();
      return { done: width > 100 && height > 40 && length > 0, seen: { width, height, length } };
    }));
    await check('a task runs in the page itself', () => submit(page, 'only', (result) => result.workers.join() === 'local'));
    await check('a task runs by the network', () => submit(page, 'never', (result) => result.verified === true && result.workers.length === 2 && result.cost > 0));
    await check('the console is quiet', () => {
      if (complaints.length > 0) throw new Error(complaints.join('\n'));
    });
  } finally {
    await context.close();
  }
}

/** Presses the page's button and waits for what the page then shows. */
async function submit(page, local, isRight) {
  // Not by the mouse: the badge of a site that vouches for the consent may lie above a corner of so small a page.
  await page.$eval(`#${local}`, (button) => button.click());
  const text = await until(page, (mode) => {
    const { textContent: error } = document.getElementById('error');
    const { textContent: result } = document.getElementById('result');
    const done = result !== '' && (JSON.parse(result).workers.join() === 'local') === (mode === 'only');
    return { done, failed: error, seen: result };
  }, local);
  const result = JSON.parse(text);
  if (!isRight(result) || result.matches?.[0]?.[0]?.id !== 1) throw new Error(`The result is ${text}`);
}

/** Looks at each frame until the page is `done`, or says that it `failed`. @returns what was `seen` */
async function until(page, look, given) {
  const handle = await page.waitForFunction((text, value) => {
    const { done, failed, seen } = new Function(`return (${text})`)()(value);
    globalThis.lastSeen = seen;
    return done || failed ? { failed, seen } : false;
  }, { timeout: WAIT_MS_MAX }, look.toString(), given).catch(async (error) => {
    throw new Error(`${String(error)}; last seen: ${JSON.stringify(await page.evaluate('globalThis.lastSeen').catch(() => undefined))}`);
  });
  const { failed, seen } = await handle.jsonValue();
  if (failed) throw new Error(failed);
  return seen;
}
