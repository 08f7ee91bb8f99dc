import { loadVectors, nodeRunner } from '../contract/node-runner.js';
import { encryptionSuite } from './encryption-suite.js';

encryptionSuite(loadVectors, nodeRunner);
