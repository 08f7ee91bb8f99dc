/** A text-generation model beside the embedding models, if the site serves one: found by its config.json, run in a worker of its own. */

/** @returns the address of its folder, or undefined where there is none */
export async function findGenerator(modelBase) {
  const folder = new URL('generator/', new URL(modelBase, document.baseURI));
  const response = await fetch(new URL('config.json', folder), { method: 'HEAD' }).catch(() => undefined);
  return response?.ok ? folder.href : undefined;
}

/** Loads the model. @param onProgress told the bytes that are there, and how many there will be */
export async function openGenerator(folder, onProgress) {
  const worker = new Worker(new URL('generator-worker.js', import.meta.url), { type: 'module' });
  const run = (message, onNews) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if (data.type === 'error') reject(new Error(data.message));
        else if (data.type === 'done') resolve(data.text);
        else onNews(data);
      };
      worker.onerror = ({ message: text }) => reject(new Error(text || 'The worker for the model could not start.'));
      worker.postMessage(message);
    });
  try {
    await run({ type: 'load', folder }, ({ loaded, total }) => onProgress(loaded, total));
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return {
    /** @param onText told all that is written so far @returns the whole, or what was written until `signal` stopped it */
    async write(question, passages, { signal, onText }) {
      const stop = () => worker.postMessage({ type: 'stop' });
      signal.addEventListener('abort', stop);
      try {
        return await run({ type: 'write', question, passages }, ({ text }) => onText(text));
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    close: () => worker.terminate(),
  };
}
