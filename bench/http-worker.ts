/**
 * What many would set up instead of a network: one server that runs the kernel for whoever posts a payload. Nothing is
 * encrypted, checked twice, certified or paid; that is the point of the comparison. Prints its port as JSON.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decode, encode } from '../src/kernels/codec.js';
import type { KernelContext } from '../src/kernels/kernel.js';
import { kernel } from '../src/kernels/vector_search/kernel.js';
import { manifest } from '../src/kernels/vector_search/manifest.js';
import { DIST } from './network.js';

const context: KernelContext = { signal: new AbortController().signal, modelBase: undefined, assetBase: DIST.href, progress: () => undefined, breathe: () => Promise.resolve(), breatheSync: () => undefined };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    void (async () => {
      const { output } = await kernel.run(manifest.normalise(decode(new Uint8Array(Buffer.concat(chunks)))), context);
      response.end(encode(output));
    })();
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`));
process.once('SIGTERM', () => process.exit());
process.once('disconnect', () => process.exit());
