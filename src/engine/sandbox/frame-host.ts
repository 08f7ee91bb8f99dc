/**
 * The page's part in a sandbox: a hidden frame of an opaque origin, which can fetch nothing, store nothing, and see nothing
 * of the page. Its first script is a file of ours rather than inline, so that it runs under the policy that the page
 * has for us already; the frame's own policy follows it, and holds for all that the script starts.
 */
import { trustedHtml } from '../worker/trusted.js';
import type { FromHost } from './messages.js';
import { pageNonce } from '../diagnosis/page-nonce.js';

/** What the frame allows itself after its script: workers of blobs, which inherit this. */
const POLICY = "default-src 'none'; script-src 'wasm-unsafe-eval'; worker-src blob:";
/** The frame's greeting is sent before it has loaded, and may be delivered a little later. */
const GREETING_MS_MAX = 1_000;

/**
 * @param engine told `ready`, with a port to the frame, as soon as the frame's script runs; told `gone` where it never does, or no more
 * @param script absolute URL of `edge-net.frame.js`
 * @returns a function that removes the frame, with all that runs in it
 */
export function openFrame(engine: MessagePort, script: string): () => void {
  const host = document.createElement('div');
  const frame = document.createElement('iframe');
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Scripts and frameworks of the page may take away what they do not know, or write the document anew. Moved, it loads again.
  const watch = new MutationObserver((records) => {
    if (!host.isConnected || records.some(({ removedNodes }) => [...removedNodes].some((node) => node.contains(host)))) lose('kernel-failed', 'The page removed the sandbox frame while a task ran in it.');
  });

  function greet({ source }: MessageEvent): void {
    if (!source || source !== frame.contentWindow?.[0]) return;
    settle();
    const { port1, port2 } = new MessageChannel();
    (source as Window).postMessage(null, '*', [port1]);
    engine.postMessage({ t: 'ready', port: port2 } satisfies FromHost, [port2]);
  }

  function settle(): void {
    frame.onload = null;
    clearTimeout(timer);
    removeEventListener('message', greet);
  }

  function remove(): void {
    settle();
    watch.disconnect();
    host.remove();
  }

  function lose(code: Extract<FromHost, { t: 'gone' }>['code'], message: string): void {
    remove();
    engine.postMessage({ t: 'gone', code, message } satisfies FromHost);
  }

  frame.setAttribute('sandbox', 'allow-scripts');
  frame.tabIndex = -1;
  host.setAttribute('aria-hidden', 'true');
  host.hidden = host.inert = true;
  host.style.setProperty('display', 'none', 'important');
  frame.onload = () => {
    timer = setTimeout(() => lose('csp-frame', `The sandbox frame could not load ${script}. Check that the file is there, and that the Content-Security-Policy has script-src ${new URL(script).origin} or, in the tag, the page's nonce.`), GREETING_MS_MAX);
  };
  try {
    frame.srcdoc = trustedHtml(documentOf(script)) as string;
  } catch {
    lose('trusted-types', "This page's policy requires Trusted Types: allow the policy 'edge-net' (trusted-types edge-net).");
    return remove;
  }
  addEventListener('message', greet);
  // What the frame is written from has the page's nonce in it, which a selector of a style sheet could spell out.
  host.attachShadow({ mode: 'closed' }).append(frame);
  // Beside the body, which belongs to the page and its framework.
  document.documentElement.append(host);
  for (const parent of [document, document.documentElement]) watch.observe(parent, { childList: true });
  return remove;
}

/**
 * One frame within another: a document may always navigate itself, which is a request, and only the policy of the document
 * around it forbids that.
 */
function documentOf(script: string): string {
  // The frame inherits the page's policy, and with it the wish for a nonce.
  const inner = `<!doctype html><meta charset="utf-8"><script src="${escape(script)}" nonce="${escape(pageNonce())}"></script>${policy(POLICY)}`;
  return `<!doctype html>${policy("frame-src 'none'")}<iframe sandbox="allow-scripts" srcdoc="${escape(inner)}"></iframe>`;
}

const policy = (text: string): string => `<meta http-equiv="Content-Security-Policy" content="${text}">`;

function escape(text: string): string {
  return text.replace(/[&"<]/gu, (sign) => `&#${sign.charCodeAt(0)};`);
}
