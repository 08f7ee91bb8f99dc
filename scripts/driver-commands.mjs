/**
 * What a test in test/browser asks of the browser's driver (test/browser/driver.ts): keys, media, the window's size. The
 * runner's own commands know no forced colours and no held keys in WebDriver, and fail where a driver lacks something.
 */

/** DevTools sessions of Chromium's pages. What one emulates ends with it, so they are kept. */
const devTools = new WeakMap();

const FEATURES = { colorScheme: 'prefers-color-scheme', reducedMotion: 'prefers-reduced-motion', forcedColors: 'forced-colors' };

/** @returns {Promise<boolean>} whether it is done: WebDriver, of either kind, emulates no media */
async function emulateMedia(browser, id, wanted) {
  if (browser.type !== 'puppeteer') return false;
  const page = browser.getPage(id);
  const session = devTools.get(page) ?? (await page.createCDPSession().catch((error) => {
    if (error.name !== 'UnsupportedOperation') throw error;
  }));
  if (!session) return false;
  devTools.set(page, session);
  const features = Object.entries(FEATURES).map(([key, name]) => ({ name, value: wanted[key] ?? '' }));
  await session.send('Emulation.setEmulatedMedia', { media: wanted.media ?? '', features });
  return true;
}

/** @returns {Promise<boolean>} whether the page is that wide; where a window's least width is more, it stays as it is */
async function setViewport(browser, id, { width, height }) {
  if (browser.type === 'puppeteer') {
    await browser.getPage(id).setViewport({ width, height });
    return true;
  }
  const { driver } = browser;
  const inner = () => driver.execute('return [innerWidth, innerHeight]');
  const [frame, [nowWide, nowHigh]] = [await driver.getWindowRect(), await inner()];
  await driver.setWindowRect(null, null, frame.width - nowWide + width, frame.height - nowHigh + height);
  if ((await inner())[0] === width) return true;
  await driver.setWindowRect(null, null, frame.width, frame.height);
  return false;
}

/** As the runner opens pages. It uses a page, or a window, for one file after the other. */
async function reset(browser, id) {
  await emulateMedia(browser, id, {});
  return setViewport(browser, id, { width: 800, height: 600 });
}

/** As WebDriver writes the keys that are no characters. */
const CODES = {
  Backspace: '\uE003', Tab: '\uE004', Enter: '\uE007', Shift: '\uE008', Control: '\uE009', Alt: '\uE00A', Escape: '\uE00C', Space: ' ',
  PageUp: '\uE00E', PageDown: '\uE00F', End: '\uE010', Home: '\uE011', ArrowLeft: '\uE012', ArrowUp: '\uE013', ArrowRight: '\uE014',
  ArrowDown: '\uE015', Insert: '\uE016', Delete: '\uE017', ...Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`F${at + 1}`, String.fromCharCode(0xe031 + at)])),
};

/** @returns {Promise<boolean>} true; keys that are held together are joined by a plus: Shift+Tab */
async function sendKeys(browser, id, { press, type, down, up }) {
  const held = press === undefined || press === '+' ? [press] : press.split('+');
  const steps = type !== undefined ? [...type].flatMap((key) => [['down', key], ['up', key]])
    : press !== undefined ? [...held.map((key) => ['down', key]), ...held.toReversed().map((key) => ['up', key])]
      : [down !== undefined ? ['down', down] : ['up', up]];
  if (browser.type === 'puppeteer') {
    const { keyboard } = browser.getPage(id);
    if (type !== undefined) await keyboard.type(type);
    // Firefox knows the space bar by its character alone.
    else for (const [step, key] of steps) await keyboard[step](key === 'Space' ? ' ' : key);
    return true;
  }
  const actions = steps.map(([step, key]) => ({ type: step === 'down' ? 'keyDown' : 'keyUp', value: CODES[key] ?? key }));
  await browser.driver.performActions([{ type: 'key', id: 'keyboard', actions }]);
  return true;
}

const COMMANDS = { 'driver-keys': sendKeys, 'driver-media': emulateMedia, 'driver-viewport': setViewport, 'driver-reset': reset };

export const driverCommands = {
  name: 'driver-commands',
  async executeCommand({ command, payload, session }) {
    const work = COMMANDS[command];
    // An answer of undefined would be taken for a command that nobody knows.
    return work ? { done: await work(session.browser, session.id, payload) } : undefined;
  },
};
