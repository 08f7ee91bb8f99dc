/** Entry of a compute thread (dist/node/compute.js). */
import { kernels } from '../../kernels/registry.js';
import { serveCompute } from '../adapters/pool/compute-loop.js';
import { threadPort } from '../adapters/pool/node-thread.js';

serveCompute(kernels, threadPort());
