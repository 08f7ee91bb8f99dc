/**
 * What the engine knows of the task kind `compression` without loading its kernel.
 *
 * Vectors are quantised: by the `scheme` that is named, or by the smallest that keeps every component within
 * `maxError`, or by the most exact one that makes them at least `minRatio` times smaller; `int8` if none is given.
 * Plain bytes are deflated, or stored where that does not shrink them. What comes out says how to read it, so
 * `decompress` takes nothing else. Ratios count the 24 bytes of the header.
 */
import { bad, readCount, readOneOf, tooLarge } from '../fields.js';
import { type Manifest, type Meter, type Value } from '../kernel.js';
import { readHeader, holdsVectors } from './container.js';
import { checkRecord, fitsHalf, readBytes, readMeasure, readVectors, type Vectors } from './payload.js';
import { present } from './present.js';
import {
  adaptivePlans, BYTES_SCHEMES, encodedBytes, HEADER_BYTES, inputBytes, ratioOf, subspacesDefault, SUBSPACES_MAX, VECTOR_SCHEMES,
  type BytesScheme, type Plan, type Shape, type VectorScheme,
} from './schemes.js';
import { codingFuel, deflatingFuel, decodingFuel, inflatingFuel } from './work.js';

interface VectorsOf extends Vectors {
  readonly op: 'compress';
  /** Stretches that `pq` cuts a row into. */
  readonly subspaces?: number;
}

export type VectorsPayload =
  | (VectorsOf & { readonly scheme: VectorScheme })
  | (VectorsOf & { /** Largest absolute error of a component. */ readonly maxError: number })
  | (VectorsOf & { /** Bytes of 32-bit floats for one encoded byte, at least. */ readonly minRatio: number });

export interface BytesPayload {
  readonly op: 'compress';
  readonly data: Uint8Array;
  readonly scheme: BytesScheme;
}

export interface DecompressPayload {
  readonly op: 'decompress';
  readonly data: Uint8Array;
}

export type CompressionPayload = VectorsPayload | BytesPayload | DecompressPayload;

export const BYTES_MAX = 8_000_000;
/** Room for keys, header and numbers beside the bulk of a payload or output. */
const ENVELOPE_BYTES = 256;
const SCHEME_DEFAULT = 'int8';

/** 0.2 credit a megabyte of input. */
const INPUT_BYTES_PER_MICROCREDIT = 5;
export const FUEL_PER_RUN = 500;

function normalise(payload: unknown): Value {
  const fields = checkRecord(payload);
  const op = readOneOf(fields['op'], 'op', ['compress', 'decompress']);
  if ((fields['vectors'] === undefined) === (fields['data'] === undefined)) throw bad('Pass either `vectors` or `data`, and not both.');
  const normalised: CompressionPayload = op === 'decompress' ? normaliseDecompress(fields) : fields['data'] === undefined ? normaliseVectors(fields) : normaliseBytes(fields);
  return normalised as unknown as Value;
}

function normaliseDecompress(fields: Record<string, unknown>): DecompressPayload {
  const others = Object.keys(fields).find((name) => name !== 'op' && name !== 'data' && fields[name] !== undefined);
  if (others !== undefined) throw bad(`\`${others}\` goes with \`op: 'compress'\`: what is decompressed says itself how.`);
  const data = readBytes(fields['data'], 'data', BYTES_MAX + HEADER_BYTES);
  readHeader(data, BYTES_MAX);
  return { op: 'decompress', data };
}

function normaliseBytes({ data, scheme = 'deflate', ...rest }: Record<string, unknown>): BytesPayload {
  const others = ['dims', 'maxError', 'minRatio', 'subspaces'].find((name) => rest[name] !== undefined);
  if (others !== undefined) throw bad(`\`${others}\` goes with \`vectors\`: plain bytes are kept exactly, as small as they get.`);
  return { op: 'compress', data: readBytes(data, 'data', BYTES_MAX), scheme: readOneOf(scheme, 'scheme', BYTES_SCHEMES) };
}

function normaliseVectors({ vectors: given, dims: dimsGiven, scheme, maxError, minRatio, subspaces: cut }: Record<string, unknown>): VectorsPayload {
  const { vectors, dims } = readVectors(given, dimsGiven, BYTES_MAX);
  if ([scheme, maxError, minRatio].filter((criterion) => criterion !== undefined).length > 1) throw bad('Pass one of `scheme`, `maxError` and `minRatio`.');
  const subspaces = cut === undefined ? undefined : readCount(cut, 'subspaces', Math.min(dims, SUBSPACES_MAX));
  const whole = { op: 'compress', vectors, dims, ...(subspaces === undefined ? {} : { subspaces }) } as const;
  if (maxError !== undefined) return { ...whole, maxError: readMeasure(maxError, 'maxError') };
  if (minRatio !== undefined) return withReach({ ...whole, minRatio: readMeasure(minRatio, 'minRatio') });
  return normaliseScheme(whole, readOneOf(scheme ?? SCHEME_DEFAULT, 'scheme', VECTOR_SCHEMES));
}

function normaliseScheme(whole: VectorsOf, scheme: VectorScheme): VectorsPayload {
  const { vectors, dims } = whole;
  if (whole.subspaces !== undefined && scheme !== 'pq') throw bad(`\`subspaces\` goes with \`scheme: 'pq'\`, \`maxError\` or \`minRatio\`, not with ${scheme}.`);
  if (scheme === 'f16' && !fitsHalf(vectors)) throw bad("`vectors` has numbers of 65520 or more, which overflow f16; use `scheme: 'int8'`.");
  const payload = scheme === 'pq' ? { ...whole, scheme, subspaces: whole.subspaces ?? subspacesDefault(dims) } : { ...whole, scheme };
  const bytes = encodedBytes({ scheme, subspaces: payload.subspaces ?? 0 }, shapeOf(payload));
  if (bytes > BYTES_MAX + HEADER_BYTES) throw tooLarge(`\`vectors\` would take ${bytes} bytes in ${scheme}, of at most ${BYTES_MAX}: another scheme is smaller here.`);
  return payload;
}

/** Sizes are known in advance: nobody pays for a search that must fail. */
function withReach(payload: VectorsPayload & { readonly minRatio: number }): VectorsPayload {
  const ratioMax = Math.max(...plansOf(payload).map((plan) => ratioOf(plan, shapeOf(payload))));
  if (ratioMax < payload.minRatio) throw bad(`\`minRatio\` ${payload.minRatio} is out of reach: these vectors become at most ${Math.floor(ratioMax * 100) / 100} times smaller.`);
  return payload;
}

export function shapeOf({ vectors, dims }: Vectors): Shape {
  return { dims, rows: vectors.length / dims };
}

/** What a run may encode the vectors by: the named scheme, or what it chooses from. */
export function plansOf(payload: VectorsPayload): Plan[] {
  if ('scheme' in payload) return [{ scheme: payload.scheme, subspaces: payload.subspaces ?? 0 }];
  return adaptivePlans(shapeOf(payload), payload.subspaces, fitsHalf(payload.vectors));
}

function fuelOf(payload: CompressionPayload): number {
  if ('vectors' in payload) {
    const shape = shapeOf(payload);
    return plansOf(payload).reduce((sum, plan) => sum + codingFuel(plan, shape), 0);
  }
  if (payload.op === 'compress') return deflatingFuel(payload.scheme, payload.data.length);
  const header = readHeader(payload.data, BYTES_MAX);
  return holdsVectors(header) ? decodingFuel(header) : inflatingFuel(payload.data.length, header.length);
}

/**
 * Price and work of a normalised payload: of its sizes, and of whether f16 can hold it, so submitter and workers agree.
 * Where a run chooses, the work is that of trying all it may choose from; it reports what it tried.
 */
export function workOf(payload: CompressionPayload): Meter {
  const bytes = 'vectors' in payload ? inputBytes(shapeOf(payload)) : payload.data.length;
  return { price: Math.max(1, Math.ceil(bytes / INPUT_BYTES_PER_MICROCREDIT)), fuel: Math.ceil(FUEL_PER_RUN + fuelOf(payload)) };
}

/** Plain bytes are not counted, and what is packed is not looked into. */
function vectorsIn(payload: Value): number {
  const fields = payload as unknown as CompressionPayload;
  return 'vectors' in fields ? fields.vectors.length / fields.dims : 0;
}

export const manifest: Manifest = {
  kind: 'compression',
  version: 1,
  equivalence: 'wasm',
  limits: {
    payloadBytesMax: BYTES_MAX + ENVELOPE_BYTES,
    outputBytesMax: BYTES_MAX + ENVELOPE_BYTES,
    memoryBytesMax: 256 * 1024 * 1024,
    wallMsMax: 60_000,
  },
  normalise,
  meter: (payload) => workOf(payload as unknown as CompressionPayload),
  items: vectorsIn,
  present,
};
