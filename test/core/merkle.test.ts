import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { merklePaths, merkleRoot, rootFromPath } from '../../src/engine/core/ledger/merkle.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const toHex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex');

// Leaves, roots and paths of google/certificate-transparency, merkletree/merkle_tree_test.cc.
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(hex);
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const PATHS: readonly { index: number; size: number; path: string[] }[] = [
  { index: 0, size: 1, path: [] },
  {
    index: 0, size: 8,
    path: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    index: 5, size: 8,
    path: [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  { index: 2, size: 3, path: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'] },
  {
    index: 1, size: 5,
    path: [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
];

/** RFC 6962 section 2.1, word for word: split at the largest power of two below n. */
function definition(leaves: readonly Uint8Array[]): Buffer {
  const sha = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return sha(Uint8Array.of(0), leaves[0]!);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha(Uint8Array.of(1), definition(leaves.slice(0, split)), definition(leaves.slice(split)));
}

const leavesOf = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 40 });

test('roots are those of the certificate transparency vectors', () => {
  ROOTS.forEach((root, size) => assert.equal(toHex(merkleRoot(LEAVES.slice(0, size))), root));
});

test('audit paths are those of the certificate transparency vectors', () => {
  for (const { index, size, path } of PATHS) {
    const leaves = LEAVES.slice(0, size);
    assert.deepEqual(merklePaths(leaves)[index]!.map(toHex), path);
    assert.equal(toHex(rootFromPath(leaves[index]!, index, size, path.map(hex))), ROOTS[size]);
  }
});

test('the root is the one the RFC defines, and every leaf reaches it', () => {
  fc.assert(
    fc.property(leavesOf, (leaves) => {
      const root = toHex(definition(leaves));
      assert.equal(toHex(merkleRoot(leaves)), root);
      merklePaths(leaves).forEach((path, at) => assert.equal(toHex(rootFromPath(leaves[at]!, at, leaves.length, path)), root));
    }),
  );
});

test('a path proves one leaf at one place', () => {
  fc.assert(
    fc.property(leavesOf, fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 40 }), (leaves, pick, other, forged) => {
      const index = pick % leaves.length;
      const path = merklePaths(leaves)[index]!;
      const root = toHex(merkleRoot(leaves));
      const elsewhere = other % (leaves.length + 2);
      fc.pre(elsewhere !== index && toHex(forged) !== toHex(leaves[index]));
      assert.notEqual(toHex(rootFromPath(forged, index, leaves.length, path)), root);
      // With equal leaves the same bytes may stand at two places; the path then proves both.
      if (leaves[elsewhere] === undefined || toHex(leaves[elsewhere]) !== toHex(leaves[index])) {
        assert.notEqual(toHex(rootFromPath(leaves[index]!, elsewhere, leaves.length, path)), root);
      }
      assert.equal(rootFromPath(leaves[index]!, index, leaves.length, [...path, new Uint8Array(32)]), undefined);
      if (path.length > 0) assert.equal(rootFromPath(leaves[index]!, index, leaves.length, path.slice(1)), undefined);
    }),
  );
});

test('siblings are hashes: 32 bytes, no more and no fewer', () => {
  for (const length of [0, 31, 33, 64]) assert.equal(rootFromPath(LEAVES[0]!, 0, 2, [new Uint8Array(length)]), undefined);
});
