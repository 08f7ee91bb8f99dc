/** Entry of a page's compute worker (dist/edge-net.compute.js). */
import { kernels } from '../../kernels/registry.js';
import { serveCompute } from '../adapters/pool/compute-loop.js';
import { pagePort } from '../adapters/pool/page-port.js';

serveCompute(kernels, pagePort());
