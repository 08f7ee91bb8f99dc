/**
 * `npm run kinds -- --json`: every task kind through a relay, a contributing page and a contributing Node process, bought
 * once by `edge-net submit` and once by another page. Redundancy 2 and two contributors: `verified` says that the
 * page and Node came to the same bytes.
 */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer-core';
import { edgeNet, isUp, type Outcome, untilState, World } from './harness.js';
import { collectionTasks, DIMS, kindTasks, type KindTask } from './kinds-tasks.js';

export interface Purchase {
  readonly verified: boolean;
  readonly credits: number;
  /** The page and the Node process, and nobody else. */
  readonly byBoth: boolean;
  readonly ms: number;
  /** SHA-256 of the output as JSON. */
  readonly output: string;
  readonly error?: string;
}

export interface KindRow {
  readonly kind: string;
  readonly quoted: number;
  readonly fromCommand: Purchase;
  readonly fromPage: Purchase;
  readonly sameOutput: boolean;
}

const PATIENCE_MS = 120_000;

export interface Market {
  readonly world: World;
  /** Data folder of the identity that buys by command. */
  readonly account: string;
  /** Node ids of the contributing page and process. */
  readonly contributors: readonly [string, string];
  readonly buyer: Page;
}

/** A page and a process that contribute, and a page that buys. */
export async function openMarket(world: World): Promise<Market> {
  const { greeting } = await world.contributor('node');
  const earning = await (await world.visitor()).open(`${(await world.site()).url}module.html?consent=granted`);
  const { nodeId } = await untilState(earning, (state) => state.status === 'idle' && state.stats.peers === 2);
  const buyer = await (await world.visitor()).open(`${(await world.site()).url}module.html?consent=ask&prompt=manual`);
  return { world, account: world.folder('account'), contributors: [nodeId, greeting.node], buyer };
}

/** @param inPage the task as the page buys it, where it is about something of the buyer's own */
export async function buyEverywhere(market: Market, task: KindTask, inPage: KindTask = task): Promise<KindRow> {
  const quoted = await market.buyer.evaluate(async (given) => {
    const node = document.querySelector('edge-net-node') as HTMLElement & { quote(task: unknown): Promise<{ cost: number }> };
    return (await node.quote(given)).cost;
  }, { ...inPage, options: { redundancy: 2 } } as never);
  const fromPage = await timed(market, () => buyInPage(market.buyer, inPage));
  const fromCommand = await timed(market, () => buyByCommand(market, task));
  const kind = 'collection' in task.payload ? `${task.type} (collection)` : task.type;
  return { kind, quoted, fromCommand, fromPage, sameOutput: fromPage.output === fromCommand.output };
}

/** The result as the command line prints it: bytes as base64, numbers as arrays. */
async function buyInPage(buyer: Page, task: KindTask): Promise<Outcome> {
  const text = await buyer.evaluate(async (given) => {
    const node = document.querySelector('edge-net-node') as HTMLElement & { submit(task: unknown): Promise<unknown> };
    const result = await node.submit(given).catch(({ code, message }: Outcome) => ({ code, message }));
    return JSON.stringify(result, (_, field: unknown) => {
      if (field instanceof Uint8Array) return btoa(Array.from(field, (byte) => String.fromCharCode(byte)).join(''));
      return ArrayBuffer.isView(field) ? Array.from(field as Float32Array) : field;
    });
  }, { ...task, options: { redundancy: 2, local: 'never', timeout: PATIENCE_MS } } as never);
  return JSON.parse(text) as Outcome;
}

async function buyByCommand({ world, account }: Market, { type, payload }: KindTask): Promise<Outcome> {
  const file = world.folder(`${type}.json`);
  await writeFile(file, JSON.stringify(payload));
  const command = await edgeNet<Outcome>('submit', type, '--relay', world.relay, '--payload', file, '--redundancy', '2', '--timeout', String(PATIENCE_MS), '--data', account, '--json');
  await command.stop();
  return command.greeting;
}

/** A collection of each buyer's own: filled, then searched. What is owned needs a lasting identity, hence a visitor's yes. */
export async function buyOnCollections(market: Market): Promise<KindRow[]> {
  const { world, account } = market;
  const buyer = await (await world.visitor()).open(`${(await world.site()).url}module.html?consent=granted`);
  await untilState(buyer, isUp);
  await buyer.evaluate(() => (document.querySelector('edge-net-node') as HTMLElement & { pause(): void }).pause());
  await untilState(buyer, ({ status }) => status === 'paused');
  const made = await edgeNet<{ readonly id: string }>('collection', 'create', '--relay', world.relay, '--dims', String(DIMS), '--replicas', '2', '--data', account, '--json');
  await made.stop();
  const owned = await buyer.evaluate(async (dims) => {
    const node = document.querySelector('edge-net-node') as HTMLElement & { collections: { create(wanted: object): Promise<{ id: string }> } };
    return (await node.collections.create({ dims, replicas: 2 })).id;
  }, DIMS);
  const rows: KindRow[] = [];
  for (const { type, payload } of collectionTasks()) {
    const of = (collection: string): KindTask => ({ type, payload: { ...payload, collection } });
    rows.push(await buyEverywhere({ ...market, buyer }, of(made.greeting.id), of(owned)));
  }
  return rows;
}

async function timed({ contributors }: Market, buy: () => Promise<Outcome>): Promise<Purchase> {
  const from = performance.now();
  const { verified = false, cost = 0, workers = [], taskId: _, code, message, ...output } = await buy();
  return {
    verified, credits: cost, byBoth: [...workers].sort().join() === [...contributors].sort().join(), ms: Math.round(performance.now() - from),
    output: createHash('sha256').update(JSON.stringify(output)).digest('hex'), ...(code === undefined ? {} : { error: `${code}: ${message}` }),
  };
}

export const isSound = ({ quoted, fromCommand, fromPage, sameOutput }: KindRow): boolean =>
  sameOutput && [fromCommand, fromPage].every(({ verified, byBoth, credits }) => verified && byBoth && credits === quoted);

async function main(): Promise<void> {
  const world = await World.open();
  try {
    const market = await openMarket(world);
    const kinds: KindRow[] = [];
    for (const task of await kindTasks()) kinds.push(await buyEverywhere(market, task));
    kinds.push(...(await buyOnCollections(market)));
    print(kinds);
    process.exitCode = kinds.every(isSound) ? 0 : 1;
  } finally {
    await world.close();
  }
}

function print(kinds: readonly KindRow[]): void {
  const show = ({ verified, credits, ms, error }: Purchase): string => (error ?? `${verified ? 'verified' : 'NOT VERIFIED'} ${credits} credits ${ms} ms`).padEnd(36);
  process.stderr.write(`${'kind'.padEnd(28)}${'edge-net submit'.padEnd(36)}${'a page'.padEnd(36)}same output\n`);
  for (const { kind, fromCommand, fromPage, sameOutput } of kinds) process.stderr.write(`${kind.padEnd(28)}${show(fromCommand)}${show(fromPage)}${sameOutput}\n`);
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ sound: kinds.every(isSound), kinds })}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
