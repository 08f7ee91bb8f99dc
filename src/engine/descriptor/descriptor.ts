/** The network descriptor, `edge-net.network.json` (DESIGN 3). */
export { DescriptorError } from './error.js';
export { newerOf, readDescriptor } from './read.js';
export { createNetwork, updateNetwork, type Changeable, type NewNetwork } from './write.js';
