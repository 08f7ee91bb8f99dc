/** Under `require-trusted-types-for 'script'` a plain string starts no worker and fills no frame. */
interface Policy {
  createScriptURL(url: string): unknown;
  createHTML(html: string): unknown;
}

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string; createHTML(html: string): string }): Policy;
}

let policy: Policy | undefined;

/** The string itself where there are no Trusted Types, or where the page does not allow our policy. */
export function trustedScriptUrl(url: string): unknown {
  return allowed()?.createScriptURL(url) ?? url;
}

export function trustedHtml(html: string): unknown {
  return allowed()?.createHTML(html) ?? html;
}

function allowed(): Policy | undefined {
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  try {
    policy ??= factory?.createPolicy('edge-net', { createScriptURL: (url) => url, createHTML: (html) => html });
  } catch {
    return undefined;
  }
  return policy;
}
