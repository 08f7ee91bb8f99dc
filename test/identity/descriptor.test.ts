import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemRandom } from '../../src/engine/adapters/clock.js';
import { createSigner } from '../../src/engine/adapters/signer/signer.js';
import { sha256Id } from '../../src/engine/core/encoding.js';
import { DEVELOPMENT_PARAMETERS, PUBLIC_PARAMETERS, type DescriptorFile, type Genesis, type NetworkUpdate } from '../../src/engine/core/network.js';
import { createNetwork, DescriptorError, newerOf, readDescriptor, updateNetwork, type NewNetwork } from '../../src/engine/descriptor/descriptor.js';
import { permanentBoxPair } from '../../src/engine/identity/box-pair.js';
import { createIdentity } from '../../src/engine/identity/identity.js';
import type { Signer } from '../../src/engine/ports/signer.js';

const newSigner = (): Promise<Signer> => createSigner({ identity: createIdentity(systemRandom), random: systemRandom });
const founder = await newSigner();
const stranger = await newSigner();
const witness = createIdentity(systemRandom);
const verify: Signer['verify'] = (by, body, signature) => stranger.verify(by, body, signature);

const NETWORK: NewNetwork = {
  founder,
  name: 'test',
  createdMs: 1_700_000_000_000,
  grants: [{ account: witness.id, amount: 5_000_000 }],
  witnesses: [{ node: witness.id, box: permanentBoxPair(witness).publicKey }],
  parameters: DEVELOPMENT_PARAMETERS,
  relays: ['wss://relay.example/gun', 'ws://localhost:8765/gun'],
  kernels: { embedding: 1, vector_search: 2 },
};
const file = await createNetwork(NETWORK);

const refused = (code: DescriptorError['code'], message: RegExp) => (error: unknown): boolean =>
  error instanceof DescriptorError && error.code === code && (assert.match(error.message, message), true);

/** A descriptor whose parts are altered, and signed as they then are. */
async function altered({ genesis = {}, update = {} }: { genesis?: object; update?: object }, by = founder): Promise<DescriptorFile> {
  const sign = async (fields: object) => {
    const b = JSON.stringify(fields);
    return { b, s: await by.sign(b) };
  };
  const first = await sign({ ...(JSON.parse(file.genesis.b) as Genesis), ...genesis });
  return { genesis: first, update: await sign({ ...(JSON.parse(file.update.b) as NetworkUpdate), net: sha256Id(first.b), ...update }) };
}

test('what a founder makes everybody reads, as text and as an object, and the id is the hash of the genesis', async () => {
  for (const source of [file, JSON.stringify(file), JSON.parse(JSON.stringify(file, null, 2)) as unknown]) {
    const network = await readDescriptor(source, verify);
    const { founder: _, createdMs: __, ...stated } = NETWORK;
    assert.deepEqual(network, { ...stated, founder: founder.id, net: sha256Id(file.genesis.b), number: 1 });
    assert.ok(Object.isFrozen(network));
  }
});

test('an update counts up and keeps what it does not change', async () => {
  const second = await updateNetwork(file, founder, { relays: ['wss://other.example/gun'] });
  const [before, after] = [await readDescriptor(file, verify), await readDescriptor(second, verify)];
  assert.deepEqual(after, { ...before, number: 2, relays: ['wss://other.example/gun'] });
  assert.equal(newerOf(before, after), after);
  assert.equal(newerOf(after, before), after);
  assert.equal(newerOf(before, { ...before }), before);
  const elsewhere = await readDescriptor(await createNetwork({ ...NETWORK, name: 'elsewhere' }), verify);
  assert.throws(() => newerOf(before, elsewhere), refused('descriptor-invalid', /another network/));
});

test('nobody but the founder may change a network', async () => {
  await assert.rejects(updateNetwork(file, stranger, {}), refused('descriptor-invalid', /only its founder/));
  const { update } = await altered({}, stranger);
  await assert.rejects(readDescriptor({ genesis: file.genesis, update }, verify), refused('descriptor-invalid', /did not sign its update/));
  await assert.rejects(readDescriptor(await altered({}, stranger), verify), refused('descriptor-invalid', /did not sign its genesis/));
  const other = await createNetwork({ ...NETWORK, name: 'other' });
  await assert.rejects(readDescriptor({ genesis: file.genesis, update: other.update }, verify), refused('descriptor-invalid', /belongs to the network/));
});

test('no byte of a signed part may differ', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('genesis', 'update'), fc.constantFrom('b', 's'), fc.nat(2_000), async (part, field, at) => {
      const text = file[part as 'genesis'][field as 'b'];
      const index = at % text.length;
      const tampered = text.slice(0, index) + (text[index] === '7' ? '8' : '7') + text.slice(index + 1);
      const source = { ...file, [part]: { ...file[part as 'genesis'], [field]: tampered } };
      await assert.rejects(readDescriptor(source, verify), DescriptorError);
    }),
    { numRuns: 100 },
  );
});

test('whatever is not a descriptor is refused with what is wrong', async () => {
  const cases: [unknown, RegExp][] = [
    ['', /not JSON/],
    ['<html>', /not JSON/],
    [undefined, /must be an object, and is missing/],
    [[], /must be an object, not \[\]/],
    [{}, /genesis must be an object/],
    [{ genesis: { b: 1, s: '' }, update: { b: '', s: '' } }, /\{b, s\}/],
    ['x'.repeat(2 << 20), /2097152 characters/],
  ];
  for (const [source, message] of cases) await assert.rejects(readDescriptor(source, verify), refused('descriptor-invalid', message));
});

test('each field is checked, though the founder signed it', async () => {
  const witnessOf = (count: number) => Array.from({ length: count }, () => ({ node: createIdentity(systemRandom).id, box: witness.id }));
  const parameters = DEVELOPMENT_PARAMETERS;
  const cases: [Parameters<typeof altered>[0], RegExp][] = [
    [{ genesis: { kind: 'update' } }, /genesis.kind must be "genesis", not "update"/],
    [{ genesis: { name: ' ' } }, /genesis.name/],
    [{ genesis: { createdMs: 1.5 } }, /genesis.createdMs must be an integer/],
    [{ genesis: { grants: [{ account: 'x', amount: 1 }] } }, /genesis.grants\[0\].account/],
    [{ genesis: { grants: [{ account: witness.id, amount: -1 }] } }, /genesis.grants\[0\].amount/],
    [{ genesis: { grants: [NETWORK.grants[0], NETWORK.grants[0]] } }, /twice/],
    [{ genesis: { grants: [founder.id, witness.id].map((account) => ({ account, amount: Number.MAX_SAFE_INTEGER })) } }, /sum of genesis.grants/],
    [{ update: { number: 0 } }, /update.number/],
    [{ update: { witnesses: [] } }, /1, 4, 7 … in number, not 0/],
    [{ update: { witnesses: witnessOf(3) } }, /not 3/],
    [{ update: { witnesses: [...witnessOf(2), ...Array<unknown>(2).fill(witnessOf(1)[0])] } }, /twice/],
    [{ update: { relays: ['https://relay.example'] } }, /update.relays\[0\] must be a ws: or wss: URL/],
    [{ update: { relays: 'wss://relay.example' } }, /must be a list/],
    [{ update: { kernels: { Embedding: 1 } } }, /task kind "Embedding"/],
    [{ update: { kernels: { embedding: 0 } } }, /update.kernels.embedding/],
    [{ update: { parameters: { ...parameters, feePpm: 1_000_001 } } }, /feePpm must be an integer from 0 to 1000000, not 1000001/],
    [{ update: { parameters: { ...parameters, faucet: '100' } } }, /faucet must be an integer/],
    [{ update: { parameters: { ...parameters, oneWorkerPerSite: 1 } } }, /true or false/],
    [{ update: { parameters: { ...parameters, epochMs: undefined } } }, /epochMs .* is missing/],
  ];
  for (const [change, message] of cases) await assert.rejects(readDescriptor(await altered(change), verify), refused('descriptor-invalid', message));
});

test('a parameter from the future asks for an update instead of being ignored', async () => {
  const future = await altered({ update: { parameters: { ...DEVELOPMENT_PARAMETERS, gravity: 1 } } });
  await assert.rejects(readDescriptor(future, verify), refused('upgrade-required', /"gravity"/));
});

test('a descriptor from before there were collections has the public network\'s terms of storage', async () => {
  const { storagePerMegabyteDay: _, storageDayMs: __, holderGraceMs: ___, shardBytesMax: ____, ...before } = DEVELOPMENT_PARAMETERS;
  const { parameters } = await readDescriptor(await altered({ update: { parameters: before } }), verify);
  assert.deepEqual(parameters, { ...DEVELOPMENT_PARAMETERS, holderGraceMs: PUBLIC_PARAMETERS.holderGraceMs });
});

test('the shipped parameters are within bounds, and a founder cannot sign others', async () => {
  await readDescriptor(await createNetwork({ ...NETWORK, parameters: PUBLIC_PARAMETERS }), verify);
  await assert.rejects(createNetwork({ ...NETWORK, parameters: { ...PUBLIC_PARAMETERS, openBits: 99 } }), refused('descriptor-invalid', /openBits/));
  await assert.rejects(updateNetwork(file, founder, { witnesses: [] }), refused('descriptor-invalid', /witnesses/));
});
