/**
 * `npm run consumers`: the packed package in fresh projects, as its users have it: Vite with React, Vue and Svelte, and a plain
 * page. Each installs it from the tarball and the rest from the registry, type-checks, builds, and is opened, built and under
 * Vite's development server, in Chromium against a relay and two contributors that run from the same tarball.
 * `-- react plain` runs some; `--json`
 * prints one object before the counts; `--keep` leaves the projects where they are.
 */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from 'puppeteer-core';
import { chromiumPath } from './chromium.mjs';
import { startNetwork } from './consumers/network.mjs';
import { PROJECTS } from './consumers/projects.mjs';
import { serve } from './consumers/serve.mjs';
import { command, greeted } from './consumers/shell.mjs';
import { visit } from './consumers/visit.mjs';
import { countsLine } from './counts.mjs';
import { pack } from './pack-check.mjs';
import { ROOT, setup } from './setup.mjs';

const NPM_CACHE = join(ROOT, 'node_modules/.cache/edge-net-consumers');
const DEV_SERVER = join(ROOT, 'scripts/consumers/dev-server.mjs');
const isJson = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const results = [];

/** Runs one check and notes how it went. @returns whether it held */
async function check(project, name, run) {
  const startedAt = performance.now();
  const error = await Promise.resolve().then(run).then(() => undefined, (reason) => String(reason?.message ?? reason));
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  results.push({ project, check: name, ok: error === undefined, seconds, ...(error === undefined ? {} : { error }) });
  if (!isJson) process.stdout.write(`${error === undefined ? '✔' : '✖'} ${project}: ${name} (${seconds} s)\n${error === undefined ? '' : `${error}\n`}`);
  return error === undefined;
}

async function install(folder, tarball) {
  await command(folder, 'npm', ['install', '--cache', NPM_CACHE, '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', tarball]);
}

/** What a project does before it can be opened. @returns whether there is something to open */
async function make(name, folder, tarball) {
  await cp(join(ROOT, 'scripts/consumers/projects', name), folder, { recursive: true });
  if (!(await check(name, 'installs', () => install(folder, tarball)))) return false;
  let isWhole = true;
  for (const [step, run] of Object.entries(PROJECTS[name].steps)) isWhole = (await check(name, step, () => run(folder))) && isWhole;
  return isWhole;
}

async function open(name, folder, browser, relay) {
  const { root, pages } = PROJECTS[name];
  const site = await serve(join(folder, root));
  try {
    for (const page of pages) {
      const where = page ? `${name}/${page}` : name;
      await visit(browser, `${site.url}${page}?relay=${encodeURIComponent(relay)}`, (step, run) => check(where, step, run));
    }
    await check(name, 'asks for no file that is not there', () => {
      if (site.missing.length > 0) throw new Error(site.missing.join('\n'));
    });
  } finally {
    await site.stop();
  }
  if (PROJECTS[name].isVite) await openDevelopment(name, folder, browser, relay);
}

/** The same page, not built but served by Vite as one writes it. */
async function openDevelopment(name, folder, browser, relay) {
  const server = await greeted(DEV_SERVER, [folder]);
  try {
    await visit(browser, `${server.greeting.url}?relay=${encodeURIComponent(relay)}`, (step, run) => check(`${name}, vite dev`, step, run));
  } finally {
    await server.stop();
  }
}

async function openAll(made, folder) {
  const { args, ...chromium } = await chromiumPath();
  const network = await startNetwork(join(folder, made[0]), join(folder, 'data'));
  // A machine that runs tests is under pressure, and a node that notices would pause.
  const browser = await launch({ ...chromium, args: [...args, '--disable-blink-features=ComputePressure'] });
  try {
    for (const name of made) await open(name, join(folder, name), browser, network.relay);
  } finally {
    await browser.close();
    await network.stop();
  }
}

async function main() {
  await setup({ quiet: isJson });
  const folder = await mkdtemp(join(tmpdir(), 'edge-net-consumers-'));
  try {
    await mkdir(NPM_CACHE, { recursive: true });
    const { tarball } = pack(folder);
    const names = Object.keys(PROJECTS).filter((name) => wanted.length === 0 || wanted.includes(name));
    const made = [];
    for (const name of names) if (await make(name, join(folder, name), tarball)) made.push(name);
    if (made.length > 0) await check('all', 'relay, contributors and browser', () => openAll(made, folder));
  } finally {
    if (process.argv.includes('--keep')) process.stderr.write(`${folder}\n`);
    else await rm(folder, { recursive: true, force: true });
  }
  const failed = results.filter(({ ok }) => !ok).length;
  if (isJson) process.stdout.write(`${JSON.stringify({ results })}\n`);
  process.stdout.write(`${countsLine({ passed: results.length - failed, failed })}\n`);
  return failed > 0 || results.length === 0 ? 1 : 0;
}

process.exit(await main());
