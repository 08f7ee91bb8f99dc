/** Sources as they ship: tsx keeps every function's name by a call at run time, which small messages would pay for. */
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

/** One script with all it imports, to be imported itself or to start a thread with. */
export async function shipped(entry: URL): Promise<URL> {
  const { outputFiles } = await build({ entryPoints: [fileURLToPath(entry)], bundle: true, format: 'esm', platform: 'node', target: 'node20', write: false, logLevel: 'error' });
  return new URL(`data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString('base64')}`);
}
