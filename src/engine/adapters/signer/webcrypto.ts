/**
 * Curve25519 by WebCrypto, where it is there and right: some hundred times faster than tweetnacl.
 *
 * Each curve is probed once a process with vectors whose answers are known, among them a signature that only
 * a verifier with cofactor accepts: an implementation that disagrees with tweetnacl is not used.
 */
import { toBase64url } from '../../core/encoding.js';
import { canonicalPoint, type Exchange, type Signing } from './curve.js';
import { naclExchange, naclPublicKey, naclSigning } from './tweetnacl.js';
import { PROBE } from './probe.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** PKCS #8 wrappings of a bare 32-byte secret (RFC 8410 section 7). */
const PKCS8 = {
  Ed25519: [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
  X25519: [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20],
};
/** A witness meets its members' keys over and over; importing one costs about as much as a verify. */
const KEYS_MAX = 1024;

let signing: Promise<Signing | undefined> | undefined;
let exchange: Promise<Exchange | undefined> | undefined;

export function fastSigning(): Promise<Signing | undefined> {
  return (signing ??= settle(subtleSigning, signsLikeTweetnacl));
}

export function fastExchange(): Promise<Exchange | undefined> {
  return (exchange ??= settle(subtleExchange, agreesLikeTweetnacl));
}

async function settle<T>(make: (subtle: SubtleCrypto) => T, isRight: (made: T) => Promise<boolean>): Promise<T | undefined> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) return undefined;
  const made = make(subtle);
  return (await isRight(made).catch(() => false)) ? made : undefined;
}

function subtleSigning(subtle: SubtleCrypto): Signing {
  const keys = new RecentKeys((publicKey) => subtle.importKey('raw', own(publicKey), 'Ed25519', false, ['verify']));
  return {
    signer(seed) {
      const key = importSecret(subtle, 'Ed25519', seed, 'sign');
      key.catch(() => undefined); // Told to whoever signs; must not count as unhandled before.
      return async (message) => new Uint8Array(await subtle.sign('Ed25519', await key, own(message)));
    },

    async verify(publicKey, message, signature) {
      try {
        return await subtle.verify('Ed25519', await keys.get(publicKey), own(signature), own(message));
      } catch {
        return false;
      }
    },
  };
}

function subtleExchange(subtle: SubtleCrypto): Exchange {
  return {
    agreement(secretKey) {
      const key = importSecret(subtle, 'X25519', secretKey, 'deriveBits');
      key.catch(() => undefined);
      return async (publicKey) => {
        const privateKey = await key;
        try {
          // Firefox takes no second spelling of a point, where all others take both.
          const theirs = await subtle.importKey('raw', canonicalPoint(publicKey), 'X25519', false, []);
          return new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: theirs }, privateKey, 256));
        } catch {
          return undefined; // The specification has a zero result rejected.
        }
      };
    },
  };
}

/**
 * WebKitGTK refuses a PKCS #8 secret that begins with a zero byte, and takes the same as a JWK. That carries the public
 * key, which only tweetnacl can tell: too slow for those that do without.
 */
function importSecret(subtle: SubtleCrypto, crv: keyof typeof PKCS8, secret: Uint8Array, use: KeyUsage): Promise<CryptoKey> {
  return subtle.importKey('pkcs8', own([...PKCS8[crv], ...secret]), crv, false, [use])
    .catch(() => subtle.importKey('jwk', { kty: 'OKP', crv, d: toBase64url(secret), x: toBase64url(naclPublicKey[crv](secret)) }, crv, false, [use]));
}

/** Imported keys, the least recently used forgotten first. */
class RecentKeys {
  readonly #keys = new Map<string, Promise<CryptoKey>>();

  constructor(readonly load: (publicKey: Uint8Array) => Promise<CryptoKey>) {}

  get(publicKey: Uint8Array): Promise<CryptoKey> {
    const name = String.fromCharCode(...publicKey);
    const key = this.#keys.get(name) ?? this.load(publicKey);
    this.#keys.delete(name);
    this.#keys.set(name, key);
    if (this.#keys.size > KEYS_MAX) this.#keys.delete(this.#keys.keys().next().value!);
    return key;
  }
}

/** WebCrypto takes no views of shared memory; keys and messages are small enough to copy. */
function own(bytes: Uint8Array | readonly number[]): Bytes {
  return new Uint8Array(bytes);
}

async function signsLikeTweetnacl(made: Signing): Promise<boolean> {
  const { seed, publicKey, message, cofactorOnly } = PROBE;
  const signature = await made.signer(seed)(message);
  const expected = await naclSigning.signer(seed)(message);
  const tampered = signature.slice();
  tampered[0]! ^= 1;
  return (
    String(signature) === String(expected) &&
    (await made.verify(publicKey, message, signature)) &&
    !(await made.verify(publicKey, message, tampered)) &&
    !(await made.verify(publicKey, message, cofactorOnly))
  );
}

async function agreesLikeTweetnacl(made: Exchange): Promise<boolean> {
  const agree = made.agreement(PROBE.seed);
  const [shared, withZero] = [await agree(PROBE.publicKey), await agree(new Uint8Array(32))];
  return String(shared) === String(await naclExchange.agreement(PROBE.seed)(PROBE.publicKey)) && withZero === undefined;
}
