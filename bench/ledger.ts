/**
 * The ledger's hot path: guarding a certified record, and adding it with one balance read after each, as a witness does.
 *
 * Rates are of this machine; the ratios hold elsewhere. `refold` is the ledger written as its definition: a balance is
 * the sum of lines over all records.
 */
import { sha256Id } from '../src/engine/core/encoding.js';
import { certify } from '../src/engine/core/ledger/certificate.js';
import type { ParsedRecord } from '../src/engine/core/ledger/entry.js';
import { Ledger } from '../src/engine/core/ledger/ledger.js';
import { lines } from '../src/engine/core/ledger/lines.js';
import { guardChecks } from '../src/engine/core/ledger/parse.js';
import { DEVELOPMENT_PARAMETERS, type Network } from '../src/engine/core/network.js';
import type { Certified, TransferRecord } from '../src/engine/core/record.js';

export interface LedgerBench {
  readonly records: number;
  readonly addsPerSecond: number;
  /** Times as fast as folding everything again for each balance, at `records` records. */
  readonly addsToRefold: number;
  readonly guardsPerSecond: number;
  /** Share of the guard's speed that remains of parsing the JSON and hashing the text alone; 1 is the limit. */
  readonly guardsToParseAndHash: number;
}

const RECORDS = 2_000;
const ACCOUNTS = 50;
const BATCH = 32;
const GRANT = 1_000_000_000;
const SIGNATURE = 'A'.repeat(86);
const accounts = Array.from({ length: ACCOUNTS }, (_, at) => sha256Id(`account ${at}`));
const witness = sha256Id('witness');
const network: Network = {
  net: sha256Id('bench'), name: 'bench', founder: witness, grants: accounts.map((account) => ({ account, amount: GRANT })), number: 1,
  witnesses: [{ node: witness, box: witness }], parameters: DEVELOPMENT_PARAMETERS, relays: [], kernels: {},
};

export async function bench(): Promise<LedgerBench> {
  const certified = makeRecords();
  const records = certified.map((signed) => guarded(signed));
  // Before the clock runs: compiled code is compared, and both give the same balances.
  if (incremental(records, certified) - refold(records) !== RECORDS * GRANT) throw new Error('The ledger and its definition disagree.');
  const adds = rate(() => incremental(records, certified));
  const refolds = rate(() => refold(records));
  const guards = rate(() => certified.forEach(guarded));
  const bare = rate(() => certified.forEach(({ b }) => [JSON.parse(b), sha256Id(b)]));
  return {
    records: RECORDS,
    addsPerSecond: Math.round(adds),
    addsToRefold: adds / refolds,
    guardsPerSecond: Math.round(guards),
    guardsToParseAndHash: guards / bare,
  };
}

function makeRecords(): Certified[] {
  const transfers = Array.from({ length: RECORDS }, (_, at): TransferRecord => ({
    kind: 'transfer', epoch: 57_000_000 + Math.floor(at / 20), net: network.net, author: accounts[at % ACCOUNTS]!,
    seq: 1 + Math.floor(at / ACCOUNTS), prev: sha256Id(`before ${at}`), to: accounts[(at * 7 + 1) % ACCOUNTS]!, amount: 1 + at,
  }));
  const texts = transfers.map((transfer) => JSON.stringify(transfer));
  return Array.from({ length: Math.ceil(RECORDS / BATCH) }, (_, batch) => texts.slice(batch * BATCH, (batch + 1) * BATCH)).flatMap((batch) => {
    const { certificates } = certify(network.net, batch.map((b) => ({ id: sha256Id(b) })));
    return batch.map((b, at) => ({ b, s: SIGNATURE, c: { ...certificates[at]!, sigs: [{ by: witness, s: SIGNATURE }] } }));
  });
}

function guarded(signed: Certified): ParsedRecord {
  const result = guardChecks(network, signed);
  if (!result.ok) throw new Error(result.message);
  return result.record;
}

function incremental(records: readonly ParsedRecord[], certified: readonly Certified[]): number {
  const ledger = new Ledger(network);
  return records.reduce((sum, record, at) => {
    ledger.add(record, certified[at]!);
    return sum + ledger.balances(accounts[at % ACCOUNTS]!, record.epoch).spendable;
  }, 0);
}

function refold(records: readonly ParsedRecord[]): number {
  return records.reduce((sum, { epoch }, at) => {
    const account = accounts[at % ACCOUNTS]!;
    for (const known of records.slice(0, at + 1))
      for (const line of lines(known, network.parameters))
        if (line.pool === 'free' && line.account === account && line.at <= epoch) sum += line.amount;
    return sum;
  }, 0);
}

/** Records a second. */
function rate(run: () => unknown): number {
  const start = performance.now();
  run();
  return (RECORDS * 1_000) / (performance.now() - start);
}
