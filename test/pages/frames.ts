/** What a page's sockets carry, its workers' included, and whether a text is to be read in it. */
import type { CDPSession, Page } from 'puppeteer-core';

/** Starts recording; call it before the page starts its engine. Payloads are text, or base64 of bytes. */
export function recordFrames(page: Page): readonly Buffer[] {
  const frames: Buffer[] = [];
  const listen = async (session: CDPSession): Promise<void> => {
    for (const name of ['Network.webSocketFrameSent', 'Network.webSocketFrameReceived'] as const) {
      session.on(name, ({ response: { opcode, payloadData } }) => frames.push(Buffer.from(payloadData, opcode === 2 ? 'base64' : 'utf8')));
    }
    await session.send('Network.enable');
  };
  void page.createCDPSession().then(listen);
  page.on('workercreated', (worker) => void listen(worker.client));
  return frames;
}

/** Whether `text` is to be read in a frame, plainly or in base64 at any of its three alignments. */
export function carries(frames: readonly Buffer[], text: string): boolean {
  const needles = [Buffer.from(text), ...[0, 1, 2].map((shift) => base64Core(text, shift))];
  return frames.some((frame) => needles.some((needle) => frame.includes(needle)));
}

/** The characters of the base64 text that depend on nothing around it. */
function base64Core(text: string, shift: number): Buffer {
  const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64').replace(/=+$/u, '');
  return Buffer.from(encoded.slice(Math.ceil((shift * 8) / 6), -2));
}
