/** Rollup plugin: the notices of the packages inside a bundle, as one file beside it, since minifying drops comments. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/u;

export function thirdPartyNotices(fileName) {
  return {
    name: 'third-party-notices',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap(({ modules: inside = {} }) => Object.keys(inside));
      const folders = new Set(modules.map((id) => PACKAGE.exec(id.replaceAll('\\', '/').replace('\0', ''))?.[0]).filter(Boolean));
      this.emitFile({ type: 'asset', fileName, source: [...folders].sort((a, b) => (name(a) < name(b) ? -1 : 1)).map(notice).join('\n\n') });
    },
  };
}

const name = (folder) => manifest(folder).name ?? basename(folder);
const manifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

function notice(folder) {
  const { version, license } = manifest(folder);
  const file = existsSync(folder) && readdirSync(folder).find((entry) => /^licen[cs]e/iu.test(entry));
  return `## ${name(folder)} ${version} (${license ?? 'see below'})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : 'The package carries no licence file.'}`;
}
