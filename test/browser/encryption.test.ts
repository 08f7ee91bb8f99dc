import { encryptionSuite } from '../kernels/encryption-suite.js';
import { chaiRunner, loadVectors } from './chai-runner.js';

describe('encryption kernel in a page', () => encryptionSuite(loadVectors, chaiRunner));
