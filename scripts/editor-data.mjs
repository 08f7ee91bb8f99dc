/**
 * What editors and frameworks read of the elements, from custom-elements.json, into dist/: custom data for VS Code,
 * web-types.json for JetBrains, types for React, Vue and Svelte. The build calls it after the declarations are made.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateJetBrainsWebTypes } from 'custom-element-jet-brains-integration';
import { generateVsCodeCustomElementData } from 'custom-element-vs-code-integration';
import { frameworkTypes } from './framework-types.mjs';
import { ROOT } from './setup.mjs';

export async function writeEditorData(outdir = join(ROOT, 'dist')) {
  const manifest = JSON.parse(await readFile(join(ROOT, 'custom-elements.json'), 'utf8'));
  const { name, version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  await mkdir(join(outdir, 'types'), { recursive: true });
  // Each generator changes the manifest it is given.
  generateVsCodeCustomElementData(structuredClone(manifest), { outdir, hideLogs: true });
  generateJetBrainsWebTypes(structuredClone(manifest), { outdir, hideLogs: true, packageJson: false });
  await edit(join(outdir, 'web-types.json'), (types) => ({ ...types, name, version }));
  await edit(join(outdir, 'vscode.css-custom-data.json'), (data) => ({ ...data, pseudoClasses: states(manifest) }));
  for (const [file, text] of Object.entries(frameworkTypes(manifest))) await writeFile(join(outdir, 'types', file), text);
}

async function edit(path, change) {
  await writeFile(path, `${JSON.stringify(change(JSON.parse(await readFile(path, 'utf8'))), null, 2)}\n`);
}

/** Custom states, which the generator leaves out; one that several elements have is told once. */
function states({ modules }) {
  const all = modules.flatMap(({ declarations }) => declarations).flatMap(({ cssStates = [] }) => cssStates);
  return [...new Map(all.map(({ name, description }) => [name, { name: `:state(${name})`, description }])).values()];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeEditorData();
