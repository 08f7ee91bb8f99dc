import { relayWorld, stockWorld } from '../network/gun-world.js';
import { nodeRunner } from './node-runner.js';
import { transportContract } from './transport.js';

transportContract('GUN, direct', relayWorld, nodeRunner);
transportContract('GUN, mailbox', stockWorld, nodeRunner);
