/**
 * AES-256-GCM for 96-bit ivs, written down from the standards byte by byte and bit by bit: AES from FIPS 197, GCM from
 * NIST SP 800-38D. Slow, and its time depends on key and data: for comparing only.
 */

const ROUNDS = 14;
const KEY_WORDS = 8;
const BLOCK_BYTES = 16;

/** Product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197, section 4.2). */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let factor = b, power = a; factor > 0; factor >>= 1) {
    if (factor & 1) product ^= power;
    power = power & 0x80 ? (power << 1) ^ 0x11b : power << 1;
  }
  return product;
}

/** The inverse, then an affine map over its bits (FIPS 197, section 5.1.1). */
const S_BOX = Uint8Array.from({ length: 256 }, (_, byte) => {
  let inverse = 0;
  for (let candidate = 1; candidate < 256; candidate++) if (multiply(byte, candidate) === 1) inverse = candidate;
  let substituted = 0x63;
  for (let turn = 0; turn < 5; turn++) substituted ^= ((inverse << turn) | (inverse >> (8 - turn))) & 0xff;
  return substituted;
});

/** Words of four bytes, four words a round (FIPS 197, section 5.2). */
function expandKey(key: Uint8Array): number[][] {
  const words = Array.from({ length: KEY_WORDS }, (_, i) => [...key.subarray(4 * i, 4 * i + 4)]);
  let roundConstant = 1;
  for (let i = KEY_WORDS; i < 4 * (ROUNDS + 1); i++) {
    let word = words[i - 1]!;
    if (i % 4 === 0) word = word.map((byte) => S_BOX[byte]!);
    if (i % KEY_WORDS === 0) {
      word = [...word.slice(1), word[0]!];
      word[0]! ^= roundConstant;
      roundConstant = multiply(roundConstant, 2);
    }
    words.push(word.map((byte, j) => byte ^ words[i - KEY_WORDS]![j]!));
  }
  return words;
}

function mixColumn([a, b, c, d]: readonly number[]): number[] {
  const mix = (p: number, q: number, r: number, s: number): number => multiply(p, 2) ^ multiply(q, 3) ^ r ^ s;
  return [mix(a!, b!, c!, d!), mix(b!, c!, d!, a!), mix(c!, d!, a!, b!), mix(d!, a!, b!, c!)];
}

/** One block (FIPS 197, section 5.1); the state is held column after column, as the bytes come. */
function encryptBlock(words: readonly number[][], block: readonly number[]): number[] {
  const addRoundKey = (state: readonly number[], round: number): number[] => state.map((byte, i) => byte ^ words[4 * round + (i >> 2)]![i % 4]!);
  let state = addRoundKey(block, 0);
  for (let round = 1; round <= ROUNDS; round++) {
    // Row r of a column comes from r columns further on.
    state = state.map((_, i) => S_BOX[state[(i + 4 * (i % 4)) % BLOCK_BYTES]!]!);
    if (round < ROUNDS) state = [0, 4, 8, 12].flatMap((i) => mixColumn(state.slice(i, i + 4)));
    state = addRoundKey(state, round);
  }
  return state;
}

const toBlock = (bytes: Iterable<number>): bigint => [...bytes].reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** X • Y (SP 800-38D, section 6.3); the leftmost bit is the coefficient of x^0. */
function multiplyBlocks(x: bigint, y: bigint): bigint {
  let product = 0n;
  let power = y;
  for (let bit = 127n; bit >= 0n; bit--) {
    if ((x >> bit) & 1n) product ^= power;
    power = power & 1n ? (power >> 1n) ^ (0xe1n << 120n) : power >> 1n;
  }
  return product;
}

function blocksOf(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / BLOCK_BYTES) }, (_, i) => bytes.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES));
}

/** GHASH (section 6.4) over aad, ciphertext, each padded with zeros, and both lengths in bits. */
function ghash(hashKey: bigint, aad: Uint8Array, ciphertext: Uint8Array): bigint {
  const padded = (bytes: Uint8Array): bigint[] => blocksOf(bytes).map((block) => toBlock(block) << (8n * BigInt(BLOCK_BYTES - block.length)));
  const lengths = (BigInt(8 * aad.length) << 64n) | BigInt(8 * ciphertext.length);
  return [...padded(aad), ...padded(ciphertext), lengths].reduce((hash, block) => multiplyBlocks(hash ^ block, hashKey), 0n);
}

function gcm(key: Uint8Array, iv: Uint8Array) {
  const words = expandKey(key);
  const keystream = (counter: number): number[] => encryptBlock(words, [...iv, counter >>> 24, (counter >>> 16) & 0xff, (counter >>> 8) & 0xff, counter & 0xff]);
  const hashKey = toBlock(encryptBlock(words, new Array<number>(BLOCK_BYTES).fill(0)));
  return {
    /** GCTR (section 6.5) from the counter after the tag's. */
    crypt: (data: Uint8Array): Uint8Array =>
      Uint8Array.from(
        blocksOf(data).flatMap((block, i) => {
          const mask = keystream(i + 2);
          return [...block].map((byte, j) => byte ^ mask[j]!);
        }),
      ),
    tag(ciphertext: Uint8Array, aad: Uint8Array): Uint8Array {
      const tag = ghash(hashKey, aad, ciphertext) ^ toBlock(keystream(1));
      return Uint8Array.from({ length: BLOCK_BYTES }, (_, i) => Number((tag >> BigInt(8 * (BLOCK_BYTES - 1 - i))) & 0xffn));
    },
  };
}

/**
 * @param key 32 bytes
 * @param iv 12 bytes
 * @returns ciphertext || tag
 */
export function sealGcm(key: Uint8Array, iv: Uint8Array, data: Uint8Array, aad: Uint8Array = new Uint8Array()): Uint8Array {
  const { crypt, tag } = gcm(key, iv);
  const ciphertext = crypt(data);
  const sealed = new Uint8Array(ciphertext.length + BLOCK_BYTES);
  sealed.set(ciphertext);
  sealed.set(tag(ciphertext, aad), ciphertext.length);
  return sealed;
}

/** @returns undefined where the tag does not fit */
export function openGcm(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array, aad: Uint8Array = new Uint8Array()): Uint8Array | undefined {
  if (sealed.length < BLOCK_BYTES) return undefined;
  const { crypt, tag } = gcm(key, iv);
  const ciphertext = sealed.subarray(0, sealed.length - BLOCK_BYTES);
  const authentic = toBlock(tag(ciphertext, aad)) === toBlock(sealed.subarray(ciphertext.length));
  return authentic ? crypt(ciphertext) : undefined;
}
