/**
 * How the engine's worker has a sandbox in its page: it asks the page for a frame over one port, gets another from there
 * that leads to the frame, and speaks to each worker of the frame over a third. What pool and worker say on that one is
 * what they say everywhere (`adapters/pool/protocol.ts`); the frame sees nothing of it. Types only.
 */
export type FromHost =
  | { readonly t: 'ready'; readonly port: MessagePort }
  /** Last word: there is no frame, or no more. */
  | { readonly t: 'gone'; readonly code: 'csp-frame' | 'trusted-types' | 'kernel-failed'; readonly message: string };

export type ToFrame =
  /** First word: what every worker runs. The frame can fetch nothing itself. */
  | { readonly t: 'code'; readonly text: string }
  | { readonly t: 'open'; readonly id: number; readonly port: MessagePort }
  | { readonly t: 'end'; readonly id: number };

export type FromFrame = { readonly t: 'failed'; readonly id: number; readonly code: 'csp-worker' | 'trusted-types' | 'kernel-failed'; readonly message: string };
