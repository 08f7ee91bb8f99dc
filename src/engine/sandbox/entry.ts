/** Entry of `edge-net.sandbox.js`, a classic script: what a worker of the page's sandbox frame, or a sandbox thread, runs. */
import { sandboxedKernels } from '../../kernels/sandboxed.js';
import { serveSandbox } from './serve.js';

serveSandbox(sandboxedKernels);
