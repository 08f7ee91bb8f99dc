/**
 * Where the passages' vectors lie. A page that only buys keeps them itself and sends them with every search. A page that contributes has an
 * identity that lasts, and may keep them in the network: encrypted, held by other nodes, and there again at the next visit.
 */
import EdgeNet from '../../dist/edge-net.js';

export const MODEL = 'use-lite';
/** What is found again by its name has to be what this page would store: change the number when the passages change. */
const NAME = 'chatbot example 1';
/** So many nodes hold a copy. */
const REPLICAS = 2;

/** @returns one vector for each text */
export async function embed(texts, options) {
  const { embeddings } = await EdgeNet.submit({ type: 'embedding', payload: { texts, model: MODEL }, options });
  return embeddings;
}

/** @param vectors one for each passage */
export function pageShelf(vectors) {
  return {
    where: 'page',
    search: (query, options) => find({ query, vectors, k: vectors.length }, options),
  };
}

/**
 * The collection of an earlier visit, or a new one that is filled now.
 * @param vectorsOf makes the vectors, if they are needed
 */
export async function networkShelf(size, vectorsOf, options) {
  const earlier = (await EdgeNet.collections.list()).filter(({ name, status }) => name === NAME && status === 'open');
  const whole = earlier.find(({ vectors }) => vectors === size);
  const { id } = whole ?? (await fill(await vectorsOf(), options));
  return {
    where: 'network',
    collection: id,
    // A collection knows vectors and their ids, no topics: so ask for as many as a page can sort by itself.
    search: (query, options) => find({ query, collection: id, k: Math.min(size, 50) }, options),
  };
}

async function fill(vectors, options) {
  const collection = await EdgeNet.collections.create({ name: NAME, dims: vectors[0].length, replicas: REPLICAS, vectors: vectors.length });
  await EdgeNet.submit({ type: 'vector_insert', payload: { collection: collection.id, vectors, ids: [...vectors.keys()] }, options });
  return collection;
}

async function find(payload, options) {
  const { matches: [matches], ...proof } = await EdgeNet.submit({ type: 'vector_search', payload, options });
  return { matches, proof };
}
