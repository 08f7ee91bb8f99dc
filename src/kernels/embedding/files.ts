/** Brings a model's files to memory and lets none through whose hash is not the pinned one. */
import { KernelError, type KernelContext } from '../kernel.js';
import type { ModelProfile } from './profiles.js';
import { sha256 } from './sha256.js';
import { locate } from './sources.js';

export type ModelFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** Model files are JSON or protobuf; neither begins with `<`, as the page of a single-page-app fallback does. */
function isHtml(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().startsWith('<');
}

/**
 * @returns the profile's files by path; progress is reported as phase `model`, in bytes
 * @throws KernelError `model-missing` with the address tried, or `model-mismatch`
 */
export async function loadModelFiles(model: string, profile: ModelProfile, context: KernelContext): Promise<ModelFiles> {
  const source = locate(model, context);
  const total = profile.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let loaded = 0;
  const onBytes = (count: number): void => {
    loaded += count;
    context.progress('model', Math.min(loaded, total), total);
  };
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of profile.files) {
    const address = source.address(file.path);
    const bytes = await source.read(file, onBytes);
    if (bytes === undefined) throw new KernelError('model-missing', `The model "${model}" is not at ${address}.`);
    if (isHtml(bytes)) {
      throw new KernelError('model-missing', `The model "${model}" is not at ${address}: a web page was served instead; the server should answer 404.`);
    }
    if (bytes.length > file.bytes) throw new KernelError('model-mismatch', `${address} is longer than the ${file.bytes} bytes that the model "${model}" needs.`);
    const found = await sha256(bytes);
    if (found !== file.sha256) throw new KernelError('model-mismatch', `${address} has sha256 ${found}, but the model "${model}" needs ${file.sha256}.`);
    files.set(file.path, bytes);
  }
  return files;
}
