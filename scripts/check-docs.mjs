/**
 * Documents must not point at what is not there: relative links, paths in code spans, and `npm run` commands are looked
 * up in the tree and in package.json.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './setup.mjs';

const LINK = /\]\((?![a-z]+:|#)([^)\s#]+)/gu;
/** A path in a code span, from the top of the repository. Placeholders (`<kind>`, `*`) name no one file. */
const CODE_PATH = /`((?:src|test|scripts|docs|bench|examples|stories|types|\.ci)\/[\w./-]+)`/gu;
const COMMAND = /npm (?:run ([\w:-]+)|(start|test)\b)/gu;

/** @returns {string[]} one line a broken reference, `path:line what` */
export function brokenReferences(path, text, { exists, scripts }) {
  return text.split('\n').flatMap((line, index) => {
    const links = [...line.matchAll(LINK)].map(([, target]) => target).filter((target) => !exists(join(dirname(path), target)));
    const paths = [...line.matchAll(CODE_PATH)].map(([, target]) => target).filter((target) => !exists(target));
    const commands = [...line.matchAll(COMMAND)].map(([, named, plain]) => named ?? plain).filter((name) => !scripts.has(name));
    return [...links, ...paths, ...commands.map((name) => `npm run ${name}`)].map((what) => `${path}:${index + 1} ${what} does not exist`);
  });
}

function documents() {
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: ROOT, encoding: 'utf8' });
  return stdout.split('\n').filter((path) => path && existsSync(join(ROOT, path)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const scripts = new Set(Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts));
  const paths = documents();
  const found = paths.flatMap((path) => brokenReferences(path, readFileSync(join(ROOT, path), 'utf8'), { exists: (target) => existsSync(join(ROOT, target)), scripts }));
  for (const line of found) console.error(line);
  console.log(`${paths.length} documents, ${found.length} broken references`);
  process.exitCode = found.length > 0 || paths.length === 0 ? 1 : 0;
}
