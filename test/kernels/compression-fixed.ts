/** A fixed input for each scheme and the SHA-256 of the output's bytes: Node and Chromium are held to the same. */
import { random } from './vector_search-vectors.js';

const DIMS = 50;

/** Integers over a power of two: the same floats on every engine. */
function fixedVectors(): Float32Array {
  const uniform = random(11);
  return Float32Array.from({ length: 600 * DIMS }, () => (Math.floor(uniform() * 2 ** 20) - 2 ** 19) / 2 ** 18);
}

function fixedBytes(): Uint8Array {
  const uniform = random(12);
  const words = Array.from({ length: 40 }, () => Uint8Array.from({ length: 3 + Math.floor(uniform() * 9) }, () => 97 + Math.floor(uniform() * 26)));
  const bytes = new Uint8Array(150_000);
  // It begins with zeros, which the library's stream on its own would look for before the beginning.
  for (let at = 300; at < bytes.length; ) {
    const word = words[Math.floor(uniform() * words.length)]!;
    bytes.set(word.subarray(0, bytes.length - at), at);
    at += word.length;
  }
  return bytes;
}

const vectors = { op: 'compress', vectors: fixedVectors(), dims: DIMS } as const;

export const FIXED: Readonly<Record<string, { readonly payload: object; readonly sha256: string }>> = {
  none: { payload: { ...vectors, scheme: 'none' }, sha256: '9feec49923e1c7a416319871b81f6127c002332c6b2377124f1f4e14bd2a1140' },
  f16: { payload: { ...vectors, scheme: 'f16' }, sha256: '8ae4dc9dd19e640bcca7300c7a404fd2fb2e359f683916a85a8c4fb891694572' },
  int8: { payload: { ...vectors, scheme: 'int8' }, sha256: '37a047be57ea1e546f92d1740b26708b8f821a71405f09b281c03730bf63c80c' },
  int4: { payload: { ...vectors, scheme: 'int4' }, sha256: '5e8ea9909a2b6effe4397274286f36ed049178d4213ab693496d260fd2e1947e' },
  binary: { payload: { ...vectors, scheme: 'binary' }, sha256: '64a5f8fcf35f2e7d612726a44755d4e46119751501bc914d9b3c41e1739ed63f' },
  pq: { payload: { ...vectors, scheme: 'pq', subspaces: 7 }, sha256: '6784a4f15f8e0e3ab8c25151e96cbc39f4d471477e0d7523103cd2ed6e941d1b' },
  'the smallest within an error': { payload: { ...vectors, maxError: 0.01 }, sha256: '37a047be57ea1e546f92d1740b26708b8f821a71405f09b281c03730bf63c80c' },
  'the most exact of a ratio': { payload: { ...vectors, minRatio: 5 }, sha256: '5e8ea9909a2b6effe4397274286f36ed049178d4213ab693496d260fd2e1947e' },
  deflate: { payload: { op: 'compress', data: fixedBytes() }, sha256: '71479bcfd82fe258993d1fc8ee7251c2b5866a834ff4a9b3c0eb240a78c964c8' },
  store: { payload: { op: 'compress', data: fixedBytes(), scheme: 'store' }, sha256: '81f6107a4f191bc0bceef082ed26041e8684f192cba8e77c1d371db7e5e735d1' },
};
