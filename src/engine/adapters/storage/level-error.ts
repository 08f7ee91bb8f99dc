/** What went wrong in LevelDB, in the words of the Storage port. */
import { StorageError } from '../../ports/storage.js';

/** LevelDB tells the system's error only in its text. */
const NO_SPACE = /no space left|ENOSPC|quota exceeded|EDQUOT/i;
const CORRUPT = /corruption|checksum mismatch/i;

export function levelErrorOf(error: unknown, dir: string): StorageError {
  if (error instanceof StorageError) return error;
  const { codes, text } = describe(error);
  const options = { cause: error };
  if (codes.includes('LEVEL_LOCKED')) {
    return new StorageError('identity-busy', `${dir} is in use by another edge-net process. Stop that one, or give this one its own --data folder.`, options);
  }
  if (NO_SPACE.test(text)) return new StorageError('storage-full', `The disk of ${dir} is full. Free some space.`, options);
  if (codes.includes('LEVEL_CORRUPTION') || CORRUPT.test(text)) {
    return new StorageError('storage-corrupt', `The store in ${dir} is damaged (${text}). Restore it from a backup, or move it away to start anew.`, options);
  }
  if (codes.includes('LEVEL_DATABASE_NOT_OPEN') && !(error as Error).cause) {
    return new StorageError('storage-blocked', `The store in ${dir} was closed.`, options);
  }
  return new StorageError('storage-blocked', `The store in ${dir} cannot be used (${text}). Check that the folder is writable.`, options);
}

/** An error's codes and the innermost message: abstract-level wraps what LevelDB said. */
function describe(error: unknown): { codes: string[]; text: string } {
  const codes: string[] = [];
  let text = String(error);
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at) codes.push(String(at.code));
    text = at.message;
  }
  return { codes, text };
}
