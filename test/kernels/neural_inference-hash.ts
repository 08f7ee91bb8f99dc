/** SHA-256 of the encoded output for FIXED_NETWORK, in every engine. */
export const FIXED_NETWORK_SHA256 = 'e41e1fb6181644c37e8fac8e6926c187e9c3bc40afc36320cc75e949f74ecc74';

export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
