/**
 * Runs a text-generation model with the runtime that the package brings for its embeddings: transformers.js over ONNX Runtime's WebAssembly, on
 * one thread, so that no header is needed. Here and not in the page, which would stand still for every word.
 */
const DIST = new URL('../../dist/', import.meta.url);
const TOKENS_MAX = 160;

let loaded;
let stopping;

/** The runtime has to be found under its symbol when transformers.js is first evaluated: hence no import at the top. */
async function load(folder) {
  const runtime = await import(new URL('edge-net.onnxruntime.js', DIST).href);
  runtime.env.wasm.numThreads = 1;
  runtime.env.wasm.wasmPaths = { mjs: new URL('ort-wasm-simd-threaded.mjs', DIST).href, wasm: new URL('ort-wasm-simd-threaded.wasm', DIST).href };
  Object.assign(globalThis, { [Symbol.for('onnxruntime')]: runtime });
  const transformers = await import(new URL('edge-net.transformers.js', DIST).href);
  const { env, LogLevel, pipeline } = transformers;
  const model = new URL(folder);
  Object.assign(env, {
    logLevel: LogLevel.ERROR, useFS: false, useFSCache: false, useWasmCache: false, allowLocalModels: false,
    // Models of another site are taken from there alone, and from nowhere else if it lacks a file.
    remoteHost: new URL('..', model).href, remotePathTemplate: '{model}/',
  });
  const files = new Map();
  const generator = await pipeline('text-generation', model.pathname.split('/').at(-2), {
    device: 'auto',
    session_options: { executionProviders: ['wasm'] },
    ...(await dtypeOf(model)),
    progress_callback(news) {
      if (news.status !== 'progress') return;
      files.set(news.file, news);
      const sum = (what) => [...files.values()].reduce((total, file) => total + file[what], 0);
      postMessage({ type: 'progress', loaded: sum('loaded'), total: sum('total') });
    },
  });
  breatheBetweenTokens(generator.model);
  return { transformers, generator };
}

/** On one thread the runtime computes without a pause: between two tokens, let in the message that stops it. */
function breatheBetweenTokens(model) {
  const forward = model.forward.bind(model);
  model.forward = async (inputs) => {
    await new Promise((resolve) => setTimeout(resolve));
    return forward(inputs);
  };
}

/** What the model's own config says it is stored as; 8 bits, if it says nothing. */
async function dtypeOf(model) {
  const { 'transformers.js_config': config = {} } = await (await fetch(new URL('config.json', model))).json();
  return config.dtype === undefined ? { dtype: 'q8' } : {};
}

async function write({ question, passages }) {
  const { transformers: { InterruptableStoppingCriteria, TextStreamer }, generator } = loaded;
  stopping = new InterruptableStoppingCriteria();
  let text = '';
  const streamer = new TextStreamer(generator.tokenizer, {
    skip_prompt: true,
    skip_special_tokens: true,
    callback_function(piece) {
      text += piece;
      postMessage({ type: 'text', text: text.trim() });
    },
  });
  await generator(promptOf(generator.tokenizer, question, passages), { max_new_tokens: TOKENS_MAX, do_sample: false, streamer, stopping_criteria: stopping });
  return text.trim();
}

/** As the model was taught to be asked, where it says how. */
function promptOf({ chat_template: template }, question, passages) {
  const order = 'Answer the question in one or two sentences, from the passages alone. If they do not answer it, say so.';
  const content = `${order}\n\nPassages:\n${passages.map((text) => `- ${text}`).join('\n')}\n\nQuestion: ${question}`;
  return template ? [{ role: 'user', content }] : `${content}\nAnswer:`;
}

/** Messages wait for their turn, save the one that stops a turn. */
let turns = Promise.resolve();
addEventListener('message', ({ data }) => {
  if (data.type === 'stop') return void stopping?.interrupt();
  turns = turns.then(async () => {
    try {
      const text = data.type === 'load' ? void (loaded = await load(data.folder)) : await write(data);
      postMessage({ type: 'done', text });
    } catch (error) {
      postMessage({ type: 'error', message: error.message });
    }
  });
});
