/** What a pasted tag needs to name one exact file: the version, and the hash of what was built. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CDN = 'https://cdn.jsdelivr.net/npm';

/** @param {string} dist the built package @returns {(text: string) => string} fills in `{{version}}`, `{{cdn}}` and `{{integrity:FILE}}` */
export function snippetFiller(root, dist) {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const values = { version, cdn: `${CDN}/${name}@${version}/dist/` };
  return (text) =>
    text.replace(/\{\{(\w+)(?::([\w.-]+))?\}\}/gu, (placeholder, key, file) => {
      const value = key === 'integrity' && file ? integrity(dist, file) : values[key];
      if (value === undefined) throw new Error(`${placeholder} stands for nothing that is known.`);
      return value;
    });
}

/** From the list that the build made, or of the file itself where there is no list. */
function integrity(dist, file) {
  const list = join(dist, 'sri.json');
  const listed = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')).files[file] : undefined;
  if (listed) return listed;
  const path = join(dist, file);
  if (!existsSync(path)) throw new Error(`${file} is not in ${dist}: run npm run build first.`);
  return `sha384-${createHash('sha384').update(readFileSync(path)).digest('base64')}`;
}
