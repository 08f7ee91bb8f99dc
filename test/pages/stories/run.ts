/** `npm run stories -- --update [part of an id…]`: takes the baselines anew. Look at them before they are committed. */
import { keep } from './baseline.js';
import { Gallery, storyNames, VARIANTS } from './gallery.js';

const [flag, ...parts] = process.argv.slice(2);
if (flag !== '--update') {
  process.stderr.write('Usage: npm run stories -- --update [part of an id…]. The comparison itself is part of npm test (stage pages).\n');
  process.exit(2);
}
const gallery = await Gallery.open();
for (const { id } of await storyNames()) {
  if (parts.length > 0 && !parts.some((part) => id.includes(part))) continue;
  for (const variant of VARIANTS) {
    await gallery.show(id, variant);
    await keep(`${id}.${variant.name}`, await gallery.shoot());
  }
  process.stderr.write(`${id}\n`);
}
for (const complaint of gallery.complaints) process.stderr.write(`${complaint}\n`);
await gallery.close();
