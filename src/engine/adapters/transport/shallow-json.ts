/** JSON from strangers: a nesting that would overflow somebody's stack further on is refused before it is built. */

/** Undefined for malformed text and for nesting deeper than `depthMax`. */
export function parseJson(text: string, depthMax: number): unknown {
  if (!isShallow(text, depthMax)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isShallow(text: string, depthMax: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      for (i += 1; i < text.length && text.charCodeAt(i) !== 0x22; i += 1) if (text.charCodeAt(i) === 0x5c) i += 1;
    } else if (code === 0x5b || code === 0x7b) {
      if ((depth += 1) > depthMax) return false;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return true;
}
