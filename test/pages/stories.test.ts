/** Each story in each variant: nothing for axe to find, and the pixels it had. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { compare, isComparable } from './stories/baseline.js';
import { Gallery, storyNames, VARIANTS } from './stories/gallery.js';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const names = await storyNames();

/** Colours of both schemes, both widths and both directions: what axe could find in the others, it finds here. */
const AXED = new Set(['light-1280', 'dark-320-rtl']);
const GALLERIES = 2;
/** A line that stands on half a pixel is drawn above or below it, as it comes; what has changed has changed each time. */
const RETAKES = 3;

const all: Gallery[] = [];
const free: Gallery[] = [];
before(async () => {
  for (let opened = 0; opened < GALLERIES; opened++) all.push(await Gallery.open());
  free.push(...all);
});
after(() => Promise.all(all.map((gallery) => gallery.close())));

/** @returns one line a finding: the rule, and where */
async function axe({ page }: Gallery): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: { run(context: unknown, options: unknown): Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[] }> } };
    // A story is a piece of a page: what every whole page must have is not its business.
    const rules = Object.fromEntries(['region', 'landmark-one-main', 'page-has-heading-one'].map((rule) => [rule, { enabled: false }]));
    const { violations } = await checker.run(document, { rules });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${JSON.stringify(target)} ${failureSummary}`));
  });
}

async function look(gallery: Gallery, id: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const variant of VARIANTS) {
    await gallery.show(id, variant);
    let fault = isComparable ? await compare(`${id}.${variant.name}`, await gallery.shoot()) : undefined;
    if (AXED.has(variant.name)) wrong.push(...(await axe(gallery)).map((finding) => `${variant.name}: ${finding}`));
    for (let again = 0; fault && again < RETAKES; again++) {
      await gallery.show(id, variant);
      fault = await compare(`${id}.${variant.name}`, await gallery.shoot());
    }
    if (fault) wrong.push(fault);
    // Sideways scrolling is what a narrow screen must never need.
    const overflow = await gallery.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (overflow > 0) wrong.push(`${variant.name}: ${overflow} px too wide`);
  }
  return [...wrong, ...gallery.complaints.splice(0)];
}

test('the list of stories is what the stories export', async () => {
  const [gallery] = all;
  await gallery!.page.goto(`${gallery!.site.url}stories/frame.html?story=`);
  const made = await gallery!.page.evaluate(() => (globalThis as unknown as { storyIds: string[] }).storyIds);
  assert.deepEqual(names.map(({ id }) => id).sort(), made.sort());
  assert.ok(names.length > 20, `${names.length} stories`);
});

void describe('each story: axe finds nothing, the pixels are the same', { concurrency: GALLERIES }, () => {
  for (const { id } of names) {
    void test(id, async () => {
      const gallery = free.pop()!;
      try {
        assert.deepEqual(await look(gallery, id), []);
      } finally {
        free.push(gallery);
      }
    });
  }
});
