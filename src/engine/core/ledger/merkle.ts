/**
 * The Merkle hash tree of RFC 6962 section 2.1, with audit paths verified as in RFC 9162 section 2.1.3.2.
 *
 * Levels are paired from the left and an odd last node moves up unchanged, which gives the RFC's tree.
 */
import { hash } from '../encoding.js';

function leafHash(leaf: Uint8Array): Uint8Array {
  const data = new Uint8Array(leaf.length + 1);
  data.set(leaf, 1);
  return hash(data);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const data = new Uint8Array(65);
  data[0] = 1;
  data.set(left, 1);
  data.set(right, 33);
  return hash(data);
}

/** All levels from the leaf hashes to the root; none for no leaves. */
function levels(leaves: readonly Uint8Array[]): Uint8Array[][] {
  const all: Uint8Array[][] = [];
  for (let level = leaves.map(leafHash); level.length > 0; level = parents(level)) {
    all.push(level);
    if (level.length === 1) break;
  }
  return all;
}

function parents(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const right = level[at + 1];
    above.push(right ? nodeHash(level[at]!, right) : level[at]!);
  }
  return above;
}

/** 32 bytes; of no leaves, the hash of nothing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return levels(leaves).at(-1)?.[0] ?? hash(new Uint8Array());
}

/** The audit path of every leaf, siblings from the leaf up. */
export function merklePaths(leaves: readonly Uint8Array[]): Uint8Array[][] {
  const all = levels(leaves);
  return leaves.map((_, leaf) => {
    const path: Uint8Array[] = [];
    all.forEach((level, height) => {
      const sibling = level[(leaf >> height) ^ 1];
      if (sibling) path.push(sibling);
    });
    return path;
  });
}

/**
 * The root that `leaf` at `index` of `size` leaves has under `path`; undefined where a path of that length cannot
 * belong there. `size` is below 2^31.
 */
export function rootFromPath(leaf: Uint8Array, index: number, size: number, path: readonly Uint8Array[]): Uint8Array | undefined {
  if (index >= size) return undefined;
  let node = index;
  let last = size - 1;
  let root = leafHash(leaf);
  for (const sibling of path) {
    if (last === 0 || sibling.length !== 32) return undefined;
    if (node % 2 === 1 || node === last) {
      root = nodeHash(sibling, root);
      // A node that ends its level alone moved up without a sibling.
      while (node % 2 === 0 && node !== 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      root = nodeHash(root, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last === 0 ? root : undefined;
}
