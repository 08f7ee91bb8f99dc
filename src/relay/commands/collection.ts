/** `edge-net collection`: vectors that other nodes hold and search, for their owner's identity (`--data`). */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collection, NewCollection } from '../../engine/api.js';
import { EdgeNetError } from '../../engine/error.js';
import { numberOf, printJson, say, shortId } from './output.js';
import { buy, given, type ReachCommand, readPayload, type TermsCommand, tellProgress, withEngine } from './submit.js';

export interface CreateCommand extends ReachCommand {
  readonly dims: string;
  readonly name?: string;
  readonly metric?: string;
  readonly storage?: string;
  readonly replicas?: string;
  readonly access?: string;
  readonly vectors?: string;
  readonly days?: string;
  readonly credits?: string;
}

export async function runCreate(options: CreateCommand): Promise<void> {
  const { name, metric, storage, access } = options;
  const settings = {
    name, metric, storage, access, dims: numberOf('--dims', options.dims), replicas: given('--replicas', options.replicas),
    vectors: given('--vectors', options.vectors), days: given('--days', options.days), credits: given('--credits', options.credits),
  };
  const defined = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as unknown as NewCollection;
  await withEngine(owned(options), async ({ collections }) => show(await collections.create(defined)));
}

export async function runList(options: ReachCommand): Promise<void> {
  await withEngine(owned(options), async ({ collections }) => {
    const all = await collections.list();
    for (const { id, name, vectors, shards, daysLeft } of all) say(`${shortId(id)} ${name}: ${vectors} vectors in ${shards.length} shards, ${daysLeft === null ? 'nothing stored' : `${daysLeft.toFixed(1)} days left`}`);
    printJson({ collections: all });
  });
}

export async function runInsert(id: string, options: TermsCommand): Promise<void> {
  await withEngine(owned(options), async (engine) => buy(engine, 'vector_insert', await payloadFor(id, options), options, 'never'));
}

export async function runSearch(id: string, options: TermsCommand): Promise<void> {
  await withEngine(options, async (engine) => buy(engine, 'vector_search', await payloadFor(id, options), options, 'never'));
}

export async function runExtend(id: string, options: ReachCommand & { readonly credits: string }): Promise<void> {
  await withEngine(owned(options), async ({ collections }) => show(await collections.extend(id, numberOf('--credits', options.credits))));
}

/** Files that any usearch loads, one a shard. */
export async function runExport(id: string, options: ReachCommand & { readonly out: string }): Promise<void> {
  await withEngine(owned(options), async ({ collections }) => {
    await mkdir(options.out, { recursive: true });
    const shards = await collections.export(id, { onProgress: tellProgress });
    const files = await Promise.all(shards.map(async ({ shard, vectors, file }) => {
      const path = join(options.out, `${shard}.usearch`);
      await writeFile(path, file);
      return { path, vectors, bytes: file.length };
    }));
    printJson({ files });
  });
}

export async function runDelete(id: string, options: ReachCommand): Promise<void> {
  await withEngine(owned(options), async ({ collections }) => {
    await collections.delete(id);
    show(await collections.get(id));
  });
}

function show(collection: Collection): void {
  const { id, name, vectors, deposit, status } = collection;
  say(`collection ${shortId(id)} ${name}: ${status}, ${vectors} vectors, ${deposit} credits laid by`);
  printJson(collection);
}

/** @throws EdgeNetError `config-invalid` where the identity would be thrown away with its collections */
function owned<Options extends ReachCommand>(options: Options): Options {
  if (options.data === undefined) throw new EdgeNetError('config-invalid', 'A collection belongs to an identity: name its folder with --data.');
  return options;
}

async function payloadFor(collection: string, { payload }: TermsCommand): Promise<Record<string, unknown>> {
  return { ...((await readPayload(payload)) as Record<string, unknown>), collection };
}
