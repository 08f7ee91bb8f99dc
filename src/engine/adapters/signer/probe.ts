/** Known answers by which an implementation of Ed25519 is judged before it is trusted. */
import { fromHex } from './hex.js';

export const PROBE = {
  /** Begins with a zero byte, over which implementations stumble that keep their numbers as integers. */
  seed: fromHex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'),
  publicKey: fromHex('03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8'),
  message: new TextEncoder().encode('edge-net'),
  /**
   * R = rB + T with T of order 8, and S = r + ha: 8SB = 8R + 8hA holds, SB = R + hA does not. RFC 8032 permits
   * both checks; tweetnacl and every browser so far make the second.
   */
  cofactorOnly: fromHex(
    'b15bf26424d1b69dd33b7a9e57db5de4a2aadea4a2a051efd9bfd6af74165d2b' +
      'd4db1195be21a3b4ea2cf1153390dfed81ff885d9af0b1678ee79f01b961ed06',
  ),
};
