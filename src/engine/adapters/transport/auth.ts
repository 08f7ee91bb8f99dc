/**
 * The relay's challenge. The signed text names its purpose and network, so that the signature is good for
 * nothing else, and a nonce of this one connection, so that it is good for no other. A relay that passes
 * the challenge of another relay on gains nothing: it carries this node's traffic anyway, and whatever
 * moves money is signed on its own.
 */
import type { Id } from '../../core/record.js';

export const challengeText = (net: Id, nonce: string): string => JSON.stringify({ purpose: 'edge-net relay login', net, nonce });
