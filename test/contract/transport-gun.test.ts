import { after } from 'node:test';
import { relayWorld, StockRelay } from '../network/gun-world.js';
import { nodeRunner } from './node-runner.js';
import { transportContract } from './transport.js';

const stock = new StockRelay();
after(() => stock.stop());

transportContract('GUN, direct', relayWorld, nodeRunner);
transportContract('GUN, mailbox', () => stock.world(), nodeRunner);
