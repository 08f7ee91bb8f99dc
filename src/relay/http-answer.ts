/** Short answers over HTTP. */
import type { ServerResponse } from 'node:http';

/** `code` is one of API.md's, where one fits. */
export function refuse(response: ServerResponse, status: number, message: string, code?: string): void {
  if (response.headersSent) return void response.destroy();
  answer(response, status, 'application/json; charset=utf-8', JSON.stringify({ error: { ...(code && { code }), message } }));
}

export function answer(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
