/** One hash of all certified money: equal on every replica that holds the same records, whenever it is asked. */
import { sha256Id } from '../encoding.js';
import type { Id } from '../record.js';
import type { Ledger } from './ledger.js';

/** SHA-256 over the sums and, in order, each account that holds anything with its maturity buckets. No clock enters. */
export function stateHash(ledger: Ledger): Id {
  const { granted, minted, burned } = ledger.totals(0);
  const accounts: string[] = [];
  for (const [account, purse] of ledger.purses()) {
    const held = purse.text();
    if (held !== '') accounts.push(`${account} ${held}`);
  }
  // A key has no character below the space, so sorting whole lines sorts the accounts.
  return sha256Id([`edge-net state v1 ${granted} ${minted} ${burned}`, ...accounts.sort()].join('\n'));
}
