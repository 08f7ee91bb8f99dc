/**
 * What the browser says of refusals while a page is tried. Each event carries the policy that refused, which a page can read
 * nowhere else: its own header is hidden from it.
 */
import { parseHeader, parsePolicy, printPolicy, type Policy } from './csp.js';

export interface Refusals {
  /** The policy that refused something to a worker, which has events of its own. */
  note(policy: string): void;
  /** Of events and meta elements so far; where there are none, of the header of a request for this page. */
  policies(nonce: string): Promise<readonly Policy[]>;
  stop(): void;
}

export function watchRefusals(): Refusals {
  const texts = new Set<string>();
  const note = (policy: string): void => void texts.add(policy);
  const heed = ({ disposition, originalPolicy }: SecurityPolicyViolationEvent): void => {
    if (disposition === 'enforce') note(originalPolicy);
  };
  document.addEventListener('securitypolicyviolation', heed);
  return {
    note,
    async policies(nonce) {
      await afterEvents();
      if (texts.size === 0) await askForHeader(nonce).then((found) => found.forEach((text) => texts.add(text)));
      await afterEvents();
      for (const { content } of metas()) texts.add(content);
      return [...texts].map(parsePolicy);
    },
    stop: () => document.removeEventListener('securitypolicyviolation', heed),
  };
}

/** Events of refusals are tasks of their own. */
function afterEvents(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function metas(): HTMLMetaElement[] {
  return [...document.querySelectorAll('meta')].filter(({ httpEquiv }) => httpEquiv.toLowerCase() === 'content-security-policy');
}

/** Every answer has nonces of its own: this page's stand in for them. A policy that refuses even this tells of itself. */
async function askForHeader(nonce: string): Promise<string[]> {
  try {
    const { headers } = await fetch(document.URL, { method: 'HEAD', cache: 'no-store' });
    const texts = parseHeader(headers.get('content-security-policy') ?? '').map(printPolicy);
    return nonce ? texts.map((text) => text.replace(/'nonce-[^']+'/gu, `'nonce-${nonce}'`)) : texts;
  } catch {
    return [];
  }
}
