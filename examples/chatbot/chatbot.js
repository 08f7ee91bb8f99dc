/** The page: a question in, an answer with its sources out. */
import { findGenerator, openGenerator } from './generator.js';
import { retrieve } from './retrieval.js';
import { embed, networkShelf, pageShelf } from './shelves.js';
import { conversation } from './talk.js';
import { PASSAGES, TOPICS } from './topics.js';

/** Of a node that does not work for others; all other states are those of one that does. */
const RESTING = ['unconfigured', 'awaiting-consent', 'declined', 'unsupported', 'error', 'closed'];
const PHASES = { running: () => 'Machines are at work', results: (loaded, total) => `${loaded} of ${total} results are in` };
const byId = (id) => document.getElementById(id);
const node = byId('node');
const talk = conversation(byId('talk'));
let running;
let generator;

const contributes = () => !RESTING.includes(node.state.status);
const say = (text) => void (byId('status').textContent = text);

/** The vectors, made once: by the network, or by this page if nobody else is there. */
let vectors;
function vectorsOf(options) {
  vectors ??= embed(PASSAGES.map(({ text }) => text), options).catch((error) => {
    vectors = undefined;
    throw error;
  });
  return vectors;
}

/** A page whose visitor has said yes has the passages in the network, any other one has them itself. */
let shelf;
async function shelfNow(options) {
  const isKept = contributes();
  if (shelf?.isKept === isKept) return shelf;
  say(isKept ? 'Putting the passages into a collection…' : 'Reading the passages…');
  shelf = { isKept, ...(isKept ? await keptOr(pageShelf, options) : pageShelf(await vectorsOf(options))) };
  showShelf();
  return shelf;
}

/** Without credits or holders for a collection there is still an answer. */
async function keptOr(otherwise, options) {
  try {
    return await networkShelf(PASSAGES.length, () => vectorsOf(options), options);
  } catch (error) {
    options.signal.throwIfAborted();
    return { ...otherwise(await vectorsOf(options)), because: error.message };
  }
}

async function ask(question) {
  running = new AbortController();
  const { signal } = running;
  const options = { signal, onProgress: ({ phase, loaded, total }) => say(`${PHASES[phase]?.(loaded, total) ?? 'Looking for workers'}…`) };
  byId('stop').hidden = false;
  byId('ask').disabled = true;
  talk.question(question);
  try {
    const found = await retrieve(question, await shelfNow(options), options);
    if (found.sources.length === 0) talk.notice(`Nothing here fits that question: the nearest passage reaches ${found.nearest.score.toFixed(2)}, which is too far away. Ask about ${TOPICS.map(({ title }) => title.toLowerCase()).join(', ')}.`);
    else if (generator) await write(question, found, signal);
    else talk.answer(found);
  } catch (error) {
    if (signal.aborted) talk.notice('Stopped. What was set aside for it comes back.');
    else talk.notice(`That did not work: ${error.message}${error.code ? ` (${error.code})` : ''}`);
  } finally {
    running = undefined;
    byId('stop').hidden = true;
    byId('ask').disabled = false;
    say('');
  }
}

async function write(question, found, signal) {
  const answer = talk.writing(found);
  say('The model is writing…');
  try {
    answer.write(await generator.write(question, found.sources.map(({ text }) => text), { signal, onText: answer.write }));
    answer.end(signal.aborted ? 'Stopped here.' : 'Written by a model from the passages below. Models err: the passages count.');
  } catch (error) {
    answer.write(found.sources.map(({ text }) => text).join(' '));
    answer.end(`The model failed, so these are the passages themselves: ${error.message}`);
  }
}

function showShelf() {
  byId('shelf').textContent = {
    network: `${PASSAGES.length} passages lie in a collection of yours in the network, encrypted, on other machines. They are there again at your next visit.`,
    page: `${PASSAGES.length} passages lie in this page, and go along with every search.${shelf?.because ? ` A collection could not be had: ${shelf.because}` : ''}`,
    none: `${PASSAGES.length} passages, not read yet. The first question does that.`,
  }[shelf?.where ?? 'none'];
  byId('offer').hidden = contributes();
}

/** The model's own page would stand still for every word: it has a worker of its own. */
async function lookForModel(modelBase) {
  const state = byId('model-state');
  byId('model-find').disabled = true;
  state.textContent = 'Looking…';
  generator?.close();
  generator = undefined;
  try {
    const folder = await findGenerator(modelBase);
    if (folder) {
      generator = await openGenerator(folder, (loaded, total) => (state.textContent = `Loading the model: ${Math.round(loaded / 1e6)} of ${Math.round(total / 1e6)} MB`));
      state.textContent = 'A model on this computer writes the answers, from the passages that were found.';
    } else state.textContent = 'There is no text-generation model at this address. Answers are the passages themselves.';
  } catch (error) {
    state.textContent = `The model could not be loaded: ${error.message} Answers are the passages themselves.`;
  } finally {
    byId('model-find').disabled = false;
  }
}

byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const question = byId('question').value.trim();
  byId('question').focus();
  if (!question || running) return;
  byId('question').value = '';
  ask(question);
});
byId('stop').addEventListener('click', () => {
  running?.abort();
  byId('question').focus();
});
byId('form').addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') running?.abort();
});
for (const button of document.querySelectorAll('#suggestions button')) {
  button.addEventListener('click', () => {
    byId('question').value = button.textContent;
    byId('form').requestSubmit();
  });
}
byId('contribute').addEventListener('click', () => node.requestConsent());
byId('model-form').addEventListener('submit', (event) => {
  event.preventDefault();
  lookForModel(byId('model-base').value);
});
node.addEventListener('edge-net-state', showShelf);

byId('model-base').value = node.modelBase || new URL('../../dist/models/', import.meta.url).href;
// The package brings no such model, so where the tag names no other place there is nothing to look for.
if (node.modelBase) lookForModel(node.modelBase);
showShelf();
