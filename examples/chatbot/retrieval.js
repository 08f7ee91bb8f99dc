/** From a question to the passages that fit it: who should answer, what they know, and whether that is near enough. */
import EdgeNet from '../../dist/edge-net.js';
import { embed } from './shelves.js';
import { PASSAGES, TOPICS } from './topics.js';

/** Cosines, as they come out with use-lite for questions that these passages do and do not answer. Another model has other ones. */
const FITS_MIN = 0.25;
/** Topics so near to the best are asked too: routing by one sentence is not sure of the last hundredths. */
const ROUTE_SLACK = 0.05;
/** A passage so much less near than the best adds nothing. */
const PASSAGE_SHARE_MIN = 0.85;
const PASSAGES_MAX = 2;

/**
 * @param options of each task: `signal`, `onProgress`
 * @returns `routes` are all topics, nearest first; `sources` are empty where nothing fits; `proofs` name who did what
 */
export async function retrieve(question, shelf, options) {
  const agents = TOPICS.map(({ id, description }) => ({ id, description }));
  // Neither waits for the other.
  const [{ matches: [ranked], ...routing }, [query]] = await Promise.all([
    EdgeNet.submit({ type: 'semantic_match', payload: { task: question, agents, k: agents.length }, options }),
    embed([question], options),
  ]);
  const routes = ranked.map(({ id, score }) => ({ topic: TOPICS.find((topic) => topic.id === id), score }));
  const asked = new Set(routes.filter(({ score }) => score >= routes[0].score - ROUTE_SLACK).map(({ topic }) => topic.id));
  const { matches, proof } = await shelf.search(query, options);
  const near = matches.map(({ id, score }) => ({ ...PASSAGES[id], score })).filter(({ topic, score }) => asked.has(topic) && score >= FITS_MIN);
  const sources = near.filter(({ score }) => score >= near[0].score * PASSAGE_SHARE_MIN).slice(0, PASSAGES_MAX);
  return { routes, sources, nearest: matches[0], proofs: [routing, proof] };
}
