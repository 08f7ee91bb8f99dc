/**
 * A Chromium for the tests and the bench, without anything installed on the machine.
 *
 * On x64 Linux it is unpacked from `@sparticuz/chromium` into node_modules/.cache, together with the NSS
 * libraries and the font that package carries. Its own `executablePath()` is not used: it writes to fixed
 * temporary paths and its default flags switch web security off. Elsewhere an installed Chromium serves:
 * `CHROME_PATH`, then the usual places.
 */
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress, createBrotliDecompress } from 'node:zlib';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGE = join(ROOT, 'node_modules/@sparticuz/chromium');
const CACHE = join(ROOT, 'node_modules/.cache/chromium');

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

const ARGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // This build dies of a WebAssembly access out of bounds, where others trap; with checks in the code it traps as well.
  '--js-flags=--wasm-enforce-bounds-checks',
];

/**
 * @returns {Promise<{executablePath: string, env: Record<string, string>, args: string[]}>} ready for
 *   puppeteer's `launch`; `env` is the whole environment the browser needs, this process's included
 * @throws when there is no Chromium, naming the variable to set
 */
export async function chromiumPath() {
  const env = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined));
  if (process.env.CHROME_PATH) return { executablePath: process.env.CHROME_PATH, env, args: [...ARGS] };
  if (process.platform === 'linux' && process.arch === 'x64' && existsSync(PACKAGE)) {
    const home = await unpacked();
    return {
      executablePath: join(home, 'chromium'),
      env: {
        ...env,
        LD_LIBRARY_PATH: [join(home, 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
        FONTCONFIG_FILE: join(home, 'fonts.conf'),
      },
      args: [...ARGS],
    };
  }
  const executablePath = INSTALLED.find((path) => existsSync(path));
  if (!executablePath) throw new Error('No Chromium found. Set CHROME_PATH to the executable of an installed one.');
  return { executablePath, env, args: [...ARGS] };
}

/** Unpacks once a package version. The folder appears by a rename, so processes that race see all of it or nothing. */
async function unpacked() {
  const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'));
  const home = join(CACHE, version);
  if (existsSync(home)) return home;
  await mkdir(CACHE, { recursive: true });
  const draft = await mkdtemp(join(CACHE, 'unpack-'));
  try {
    const bin = join(PACKAGE, 'bin');
    await pipeline(createReadStream(join(bin, 'chromium.br')), createBrotliDecompress(), createWriteStream(join(draft, 'chromium')));
    await chmod(join(draft, 'chromium'), 0o755);
    for (const archive of ['al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br']) {
      await untar(await promisify(brotliDecompress)(await readFile(join(bin, archive))), draft);
    }
    await writeFile(join(draft, 'fonts.conf'), FONTS_CONF);
    await rename(draft, home).catch((error) => access(home).catch(() => Promise.reject(error)));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return home;
}

/** Plain files of a ustar archive: 512-byte headers with the name at 0, the octal size at 124, the type at 156. */
async function untar(archive, folder) {
  const text = (start, length) => archive.toString('utf8', start, start + length).replace(/\0.*$/su, '');
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const type = text(at + 156, 1);
    const path = resolve(folder, text(at, 100));
    if (!path.startsWith(resolve(folder) + sep)) throw new Error(`The archive leaves its folder: ${path}`);
    if (type === '' || type === '0') {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, archive.subarray(at + 512, at + 512 + size));
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
