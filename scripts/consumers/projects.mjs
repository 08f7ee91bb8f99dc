/** The fresh projects: what each runs before it can be opened, and which pages it then has. */
import { command } from './shell.mjs';

const PACKAGE = '@ruvector/edge-net';

/** A server that renders imports what the pages do, by either name, and must come away with the facade. */
const IMPORTS = `
  for (const name of ['${PACKAGE}', '${PACKAGE}/edge-net.js']) {
    const { default: EdgeNet } = await import(name);
    if (typeof EdgeNet.submit !== 'function') throw new Error(name);
  }
  for (const name of ['jsx', 'vue', 'svelte']) await import('${PACKAGE}/types/' + name);
  process.exit(0);
`;

const npm = (script) => (folder) => command(folder, 'npm', ['run', script, '--silent']);

async function rendersOnServer(folder) {
  const html = await npm('render')(folder);
  if (!/<edge-net-node [^>]*relays="wss:\/\/relay\.example\/gun"/u.test(html)) throw new Error(`The server rendered ${html}`);
}

/** @type {Record<string, {steps: Record<string, (folder: string) => Promise<unknown>>, root: string, pages: string[], isVite?: boolean}>} */
export const PROJECTS = {
  react: { steps: { 'type-checks': npm('check'), builds: npm('build'), 'renders on a server': rendersOnServer }, root: 'dist', pages: [''], isVite: true },
  vue: { steps: { 'type-checks': npm('check'), builds: npm('build') }, root: 'dist', pages: [''], isVite: true },
  svelte: { steps: { 'type-checks': npm('check'), builds: npm('build') }, root: 'dist', pages: [''], isVite: true },
  plain: { steps: { 'can be imported by Node': (folder) => command(folder, process.execPath, ['--input-type=module', '--eval', IMPORTS]) }, root: '', pages: ['index.html', 'one-tag.html'] },
};
