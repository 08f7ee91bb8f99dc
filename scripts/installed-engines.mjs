/**
 * The browser engines of this machine. Chromium comes with the packages (scripts/chromium.mjs); Firefox and WebKitGTK
 * are Debian's, and are looked for where its packages put them or where a variable says.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from './chromium.mjs';

export const ENGINES = ['chromium', 'firefox', 'webkit'];

/** What a Debian installs them with. */
export const APT = {
  chromium: 'apt-get install chromium',
  firefox: 'apt-get install firefox-esr',
  webkit: 'apt-get install webkit2gtk-driver xvfb',
};

const START_MS_MAX = 30_000;
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/libexec', '/usr/lib'];
/** Ends its program when this process ends, even by a signal that no handler sees. */
const SETPRIV = '/usr/bin/setpriv';

const first = (...paths) => paths.find((path) => path && existsSync(path));

export const firefoxPath = () => first(process.env.FIREFOX_PATH, '/usr/bin/firefox-esr', '/usr/bin/firefox');

/** The browser that WebKitGTK's driver drives. */
export function miniBrowserPath() {
  const folders = LIBRARIES.filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).filter((name) => name.startsWith('webkit')).sort().reverse().map((name) => join(folder, name)));
  return first(process.env.MINIBROWSER_PATH, ...folders.map((folder) => join(folder, 'MiniBrowser')));
}

const webKitDriverPath = () => first(process.env.WEBKIT_DRIVER_PATH, '/usr/bin/WebKitWebDriver');
const xvfbPath = () => first('/usr/bin/Xvfb');

export async function isInstalled(engine) {
  if (engine === 'firefox') return firefoxPath() !== undefined;
  if (engine === 'webkit') return Boolean(webKitDriverPath() && miniBrowserPath() && xvfbPath());
  return chromiumPath().then(() => true, () => false);
}

/** What the engine calls itself. WebKitGTK says its version in a session alone; until then its package's has to do. */
export async function versionOf(engine) {
  if (engine === 'webkit') return `WebKitGTK ${said('dpkg-query', ['-W', '-f', '${Version}', 'webkit2gtk-driver']) || '(version unknown)'}`;
  if (engine === 'firefox') return said(firefoxPath(), ['--version']);
  const { executablePath, env } = await chromiumPath();
  return said(executablePath, ['--version'], env);
}

function said(command, args, env = process.env) {
  return spawnSync(command, args, { encoding: 'utf8', env }).stdout?.trim() ?? '';
}

/** Capabilities of a WebDriver session in WebKitGTK. */
export const webKitCapabilities = () => ({
  browserName: 'MiniBrowser',
  'webkitgtk:browserOptions': { binary: miniBrowserPath(), args: ['--automation'] },
});

/**
 * Starts WebKitGTK's driver on a screen of its own; whatever it starts ends with that screen.
 * @returns {Promise<{port: number, stop: () => void}>} `stop` is synchronous, so that it may run while the process exits
 * @throws when one of them does not start within half a minute
 */
export async function startWebKitDriver() {
  const home = mkdtempSync(join(tmpdir(), 'edge-net-webkit-'));
  const running = [];
  const stop = () => {
    for (const child of running.reverse().splice(0)) end(child);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const display = await startScreen(running);
    const port = await freePort();
    // Neither the visitor's folders nor a session bus: there may be none, and looking for one takes seconds.
    const env = {
      ...process.env, DISPLAY: display, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1', NO_AT_BRIDGE: '1', DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      XDG_CACHE_HOME: join(home, 'cache'), XDG_DATA_HOME: join(home, 'data'), XDG_CONFIG_HOME: join(home, 'config'),
    };
    running.push(start(webKitDriverPath(), ['-p', String(port)], { env, stdio: 'ignore' }));
    await answers(`http://127.0.0.1:${port}/status`, running.at(-1));
    return { port, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

/** @returns {Promise<string>} the display's name: the first that is free, as the server itself says */
function startScreen(running) {
  const args = ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'];
  const child = start(xvfbPath(), args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  running.push(child);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Xvfb did not start.')), START_MS_MAX);
    const settle = (then) => (value) => (clearTimeout(timer), then(value));
    child.stdio[3].setEncoding('utf8').once('data', settle((text) => resolve(`:${text.trim()}`)));
    child.once('error', settle(reject)).once('exit', settle((code) => reject(new Error(`Xvfb ended with code ${code}.`))));
  });
}

/** In a process group of its own, so that `end` reaches the browsers that it starts. */
function start(command, args, options) {
  const child = spawn(...bound(command, args), { ...options, detached: true });
  child.on('error', () => undefined);
  return child;
}

/** @returns {[string, string[]]} the same command, which ends with this process where the machine can see to that */
export function bound(command, args) {
  return existsSync(SETPRIV) ? [SETPRIV, ['--pdeathsig', 'TERM', command, ...args]] : [command, args];
}

function end({ pid, exitCode, signalCode }) {
  if (!pid || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    // Gone in between.
    if (error.code !== 'ESRCH') throw error;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(url, child) {
  const deadline = Date.now() + START_MS_MAX;
  while (Date.now() < deadline && child.exitCode === null) {
    if (await fetch(url).then(({ ok }) => ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} did not answer.`);
}
