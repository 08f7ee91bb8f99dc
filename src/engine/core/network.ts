/** The network descriptor (DESIGN 3) and its parameters (PROTOCOL 3). Types and defaults only. */
import type { BoxKey, Id, Micro, NodeId, Signed } from './record.js';

export interface Parameters {
  readonly epochMs: number;
  /** Share of a settled amount that goes to referrers or is burned, in millionths. */
  readonly feePpm: number;
  /** Pay matures after this many epochs. */
  readonly pendingEpochs: number;
  readonly unbondEpochs: number;
  readonly stake: Micro;
  /** Credits certified once to a new account; 0 on a public network. */
  readonly faucet: Micro;
  /** Leading zero bits an `open` record must prove. */
  readonly openBits: number;
  readonly graceMs: number;
  readonly heartbeatMs: number;
  readonly payMin: Micro;
  readonly payloadBytesMax: number;
  readonly resultBytesMax: number;
  /** Reference work one task may need, in fuel (10^6 is a reference second). */
  readonly taskFuelMax: number;
  /** Of one identity; its other records count as well. */
  readonly tasksPerHourMax: number;
  readonly checkpointMs: number;
  readonly reserves: number;
  /** At most one worker of a site in a ranking. */
  readonly oneWorkerPerSite: boolean;
  /** For 10^6 bytes, a storage day and a replica. */
  readonly storagePerMegabyteDay: Micro;
  /** How often storage is proved and paid. */
  readonly storageDayMs: number;
  /** A holder of a shard that is gone for so long is replaced. */
  readonly holderGraceMs: number;
  /** Of a shard's ciphertext. */
  readonly shardBytesMax: number;
}

const CREDIT = 1_000_000;

export const PUBLIC_PARAMETERS: Parameters = {
  epochMs: 30_000,
  feePpm: 100_000,
  pendingEpochs: 120,
  unbondEpochs: 2_880,
  stake: 100 * CREDIT,
  faucet: 0,
  openBits: 20,
  graceMs: 2_000,
  heartbeatMs: 5_000,
  payMin: 1_000,
  payloadBytesMax: 8 << 20,
  resultBytesMax: 8 << 20,
  taskFuelMax: 30_000_000,
  tasksPerHourMax: 3_600,
  checkpointMs: 3_600_000,
  reserves: 2,
  oneWorkerPerSite: true,
  storagePerMegabyteDay: 10_000,
  storageDayMs: 86_400_000,
  holderGraceMs: 60_000,
  shardBytesMax: 8 << 20,
};

export const DEVELOPMENT_PARAMETERS: Parameters = {
  ...PUBLIC_PARAMETERS,
  pendingEpochs: 2,
  stake: 0,
  faucet: 100 * CREDIT,
  openBits: 12,
  checkpointMs: 60_000,
  oneWorkerPerSite: false,
  holderGraceMs: 10_000,
};

/** The immutable part; the network id is the SHA-256 of its signed text. */
export interface Genesis {
  readonly kind: 'genesis';
  readonly name: string;
  readonly founder: NodeId;
  readonly createdMs: number;
  readonly grants: readonly { readonly account: NodeId; readonly amount: Micro }[];
}

/** What the founder may change later, as a numbered update. */
export interface NetworkUpdate {
  readonly kind: 'update';
  readonly net: Id;
  readonly number: number;
  /** Witnesses with the X25519 keys that receipts are sealed to. */
  readonly witnesses: readonly { readonly node: NodeId; readonly box: BoxKey }[];
  readonly parameters: Parameters;
  readonly relays: readonly string[];
  /** Kernel version in force, by task kind. */
  readonly kernels: Readonly<Record<string, number>>;
}

/** `edge-net.network.json` as served and stored. */
export interface DescriptorFile {
  readonly genesis: Signed;
  /** Newest update only; its number tells which. */
  readonly update: Signed;
}

/** A descriptor whose signatures were checked. */
export interface Network extends Omit<NetworkUpdate, 'kind'> {
  readonly name: string;
  readonly founder: NodeId;
  readonly grants: Genesis['grants'];
}
