/** The network's parameters, each within bounds in which the protocol's arithmetic stays exact and its timers sane. */
import { PUBLIC_PARAMETERS, type Parameters } from '../core/network.js';
import { DescriptorError } from './error.js';
import { type Fields, fieldsOf, flag, integer } from './fields.js';

const HOUR_MS = 3_600_000;
const GIBIBYTE = 2 ** 30;
/** A tenth of the safe integers: sums of a few amounts stay exact. */
const MICRO_MAX = 9e14;

type Bounds = readonly [min: number, max: number];

const BOUNDS: { readonly [Name in keyof Parameters]: Parameters[Name] extends number ? Bounds : 'flag' } = {
  epochMs: [100, HOUR_MS],
  feePpm: [0, 1_000_000],
  pendingEpochs: [0, 1_000_000],
  unbondEpochs: [0, 1_000_000],
  stake: [0, MICRO_MAX],
  faucet: [0, MICRO_MAX],
  openBits: [0, 32],
  graceMs: [10, HOUR_MS],
  heartbeatMs: [10, HOUR_MS],
  payMin: [0, MICRO_MAX],
  payloadBytesMax: [1_024, GIBIBYTE],
  resultBytesMax: [1_024, GIBIBYTE],
  taskFuelMax: [1, MICRO_MAX],
  tasksPerHourMax: [1, 1e9],
  checkpointMs: [100, 24 * HOUR_MS],
  reserves: [0, 8],
  oneWorkerPerSite: 'flag',
  storagePerMegabyteDay: [0, 1e9],
  storageDayMs: [100, 366 * 24 * HOUR_MS],
  holderGraceMs: [10, 24 * HOUR_MS],
  shardBytesMax: [1_024, GIBIBYTE],
};

/** Descriptors that were signed before there were collections do not name these. */
const { storagePerMegabyteDay, storageDayMs, holderGraceMs, shardBytesMax } = PUBLIC_PARAMETERS;
const LATER = { storagePerMegabyteDay, storageDayMs, holderGraceMs, shardBytesMax };

/** @throws DescriptorError; `upgrade-required` for a parameter that this version would have to ignore. */
export function readParameters(value: unknown, where: string): Parameters {
  const fields: Fields = { ...LATER, ...fieldsOf(value, where) };
  const unknown = Object.keys(fields).find((name) => !Object.hasOwn(BOUNDS, name));
  if (unknown !== undefined) {
    throw new DescriptorError('upgrade-required', `The network has a parameter "${unknown}" that this version of edge-net does not know. Update edge-net.`);
  }
  const read = Object.entries(BOUNDS).map(([name, bounds]) => {
    const at = `${where}.${name}`;
    return [name, bounds === 'flag' ? flag(fields[name], at) : integer(fields[name], at, ...bounds)];
  });
  return Object.fromEntries(read) as Parameters;
}
