/** Screenshots that stories are held to. They are of the browser that npm brings, with its one font: any other draws letters otherwise. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { ROOT } from '../harness.js';

const BASELINES = join(ROOT, 'test/pages/stories/baselines');
/** Where a test that failed leaves what it saw, beside what it wanted. */
const SEEN = join(ROOT, 'node_modules/.cache/edge-net-stories');
/** Of colour, 0 to 1; and of pixels that may differ by more, which is for the edges of curves. */
const THRESHOLD = 0.1;
const PIXELS_MAX = 12;

export const isComparable = process.env['CHROME_PATH'] === undefined && process.platform === 'linux' && process.arch === 'x64';

export async function keep(name: string, png: Buffer): Promise<void> {
  await mkdir(BASELINES, { recursive: true });
  await writeFile(join(BASELINES, `${name}.png`), png);
}

/** @returns what is wrong, and nothing where all is well */
export async function compare(name: string, png: Buffer): Promise<string | undefined> {
  const kept = await readFile(join(BASELINES, `${name}.png`)).catch(() => undefined);
  if (!kept) return `${name} has no baseline: look at it, then run npm run stories -- --update.`;
  const [wanted, seen] = [PNG.sync.read(kept), PNG.sync.read(png)];
  const { width, height } = wanted;
  if (width !== seen.width || height !== seen.height) return show(name, png, kept, `is ${seen.width} × ${seen.height}, and was ${width} × ${height}`);
  const diff = new PNG({ width, height });
  const pixels = pixelmatch(wanted.data, seen.data, diff.data, width, height, { threshold: THRESHOLD });
  return pixels > PIXELS_MAX ? show(name, png, kept, `differs in ${pixels} pixels`, PNG.sync.write(diff)) : undefined;
}

async function show(name: string, seen: Buffer, wanted: Buffer, what: string, diff?: Buffer): Promise<string> {
  await mkdir(SEEN, { recursive: true });
  await Promise.all(Object.entries({ seen, wanted, diff }).map(([part, png]) => png && writeFile(join(SEEN, `${name}.${part}.png`), png)));
  return `${name} ${what}: see node_modules/.cache/edge-net-stories/${name}.*.png, and run npm run stories -- --update if it is meant.`;
}
