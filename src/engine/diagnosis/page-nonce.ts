/**
 * The nonce with which this page lets scripts in: the node's own, else that of any script that the policy let in. Browsers hide
 * the attribute's value once a document is parsed; the property keeps it.
 */
export function pageNonce(): string {
  for (const selector of ['edge-net-node', '[nonce]']) {
    for (const { nonce } of document.querySelectorAll<HTMLElement>(selector)) if (nonce) return nonce;
  }
  return '';
}
