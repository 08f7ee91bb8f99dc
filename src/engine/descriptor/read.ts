/** Reading a network descriptor from anywhere: nothing in it counts until its founder's signatures are checked. */
import { sha256Id } from '../core/encoding.js';
import type { Genesis, Network, NetworkUpdate } from '../core/network.js';
import type { Signed } from '../core/record.js';
import type { Signer } from '../ports/signer.js';
import { invalid } from './error.js';
import { distinct, equal, fieldsOf, integer, key, line, listOf, parseFields, type Fields } from './fields.js';
import { readParameters } from './parameters.js';

const TEXT_LENGTH_MAX = 1 << 20;
const NAME_LENGTH_MAX = 64;
const URL_LENGTH_MAX = 2_048;
const COUNT_MAX = 1_000;
const KERNEL_NAME = /^[a-z][a-z0-9_]{0,31}$/;

/** @param source the file's text, or what `JSON.parse` made of it. @throws DescriptorError */
export async function readDescriptor(source: unknown, verify: Signer['verify']): Promise<Network> {
  if (typeof source === 'string' && source.length > TEXT_LENGTH_MAX) throw invalid(`it has ${source.length} characters.`);
  const file = typeof source === 'string' ? parseFields(source, 'the file') : fieldsOf(source, 'the file');
  const signed = { genesis: signedOf(file, 'genesis'), update: signedOf(file, 'update') };
  const genesis = readGenesis(signed.genesis.b);
  const net = sha256Id(signed.genesis.b);

  for (const part of ['genesis', 'update'] as const) {
    const { b, s } = signed[part];
    if (!(await verify(genesis.founder, b, s))) throw invalid(`the founder ${genesis.founder} did not sign its ${part}.`);
  }
  const { kind: _, ...update } = readUpdate(signed.update.b);
  if (update.net !== net) throw invalid(`its update belongs to the network ${update.net}, its genesis makes ${net}.`);
  return Object.freeze({ ...update, name: genesis.name, founder: genesis.founder, grants: genesis.grants });
}

/** The one with the newer update; the first where they are equal. @throws DescriptorError for two networks */
export function newerOf<T extends Pick<Network, 'net' | 'number'>>(a: T, b: T): T {
  if (a.net !== b.net) throw invalid(`${b.net} is another network than ${a.net}.`);
  return b.number > a.number ? b : a;
}

export function readGenesis(text: string): Genesis {
  const fields = parseFields(text, 'genesis');
  equal(fields['kind'], 'genesis.kind', 'genesis');
  const grants = listOf(fields['grants'], 'genesis.grants', COUNT_MAX, (item, where) => {
    const grant = fieldsOf(item, where);
    return { account: key(grant['account'], `${where}.account`), amount: integer(grant['amount'], `${where}.amount`, 1, Number.MAX_SAFE_INTEGER) };
  });
  distinct(grants.map(({ account }) => account), 'genesis.grants');
  integer(grants.reduce((sum, { amount }) => sum + amount, 0), 'the sum of genesis.grants', 0, Number.MAX_SAFE_INTEGER);
  return {
    kind: 'genesis',
    name: line(fields['name'], 'genesis.name', NAME_LENGTH_MAX),
    founder: key(fields['founder'], 'genesis.founder'),
    createdMs: integer(fields['createdMs'], 'genesis.createdMs', 0, Number.MAX_SAFE_INTEGER),
    grants,
  };
}

export function readUpdate(text: string): NetworkUpdate {
  const fields = parseFields(text, 'update');
  equal(fields['kind'], 'update.kind', 'update');
  return {
    kind: 'update',
    net: key(fields['net'], 'update.net'),
    number: integer(fields['number'], 'update.number', 1, Number.MAX_SAFE_INTEGER),
    witnesses: readWitnesses(fields),
    parameters: readParameters(fields['parameters'], 'update.parameters'),
    relays: listOf(fields['relays'], 'update.relays', COUNT_MAX, relayUrl),
    kernels: readKernels(fields),
  };
}

function readWitnesses(fields: Fields): NetworkUpdate['witnesses'] {
  const witnesses = listOf(fields['witnesses'], 'update.witnesses', COUNT_MAX, (item, where) => {
    const witness = fieldsOf(item, where);
    return { node: key(witness['node'], `${where}.node`), box: key(witness['box'], `${where}.box`) };
  });
  // Up to f of 3f + 1 witnesses may be faulty; other numbers only weaken that.
  if (witnesses.length % 3 !== 1) throw invalid(`update.witnesses must be 1, 4, 7 … in number, not ${witnesses.length}.`);
  distinct(witnesses.map(({ node }) => node), 'update.witnesses');
  return witnesses;
}

function readKernels(fields: Fields): NetworkUpdate['kernels'] {
  const versions = Object.entries(fieldsOf(fields['kernels'], 'update.kernels')).map(([kind, version]): [string, number] => {
    if (!KERNEL_NAME.test(kind)) throw invalid(`update.kernels names a task kind "${kind}", which is not of the form vector_search.`);
    return [kind, integer(version, `update.kernels.${kind}`, 1, 1_000_000)];
  });
  return Object.fromEntries(versions);
}

function relayUrl(value: unknown, where: string): string {
  const url = line(value, where, URL_LENGTH_MAX);
  if (!URL.canParse(url) || !/^wss?:$/.test(new URL(url).protocol)) throw invalid(`${where} must be a ws: or wss: URL, not "${url}".`);
  return url;
}

function signedOf(file: Fields, part: string): Signed {
  const { b, s } = fieldsOf(file[part], part);
  if (typeof b !== 'string' || typeof s !== 'string') throw invalid(`${part} must be {b, s}: the signed text and its signature.`);
  return { b, s };
}
