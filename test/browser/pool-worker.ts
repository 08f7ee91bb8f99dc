import { serveCompute } from '../../src/engine/adapters/pool/compute-loop.js';
import { pagePort } from '../../src/engine/adapters/pool/page-port.js';
import { testKernels } from '../pool/fixtures/kernels.js';

serveCompute(testKernels, pagePort());
