/** One thing the doctor looked at. */
export interface Finding {
  readonly about: 'here' | 'relay' | 'page';
  readonly check: string;
  readonly ok: boolean;
  /** What was found, in a few words. */
  readonly found: string;
  /** What to do, in one sentence; empty where all is well. */
  readonly fix: string;
}

export const fine = (about: Finding['about'], check: string, found: string): Finding => ({ about, check, ok: true, found, fix: '' });
export const bad = (about: Finding['about'], check: string, found: string, fix: string): Finding => ({ about, check, ok: false, found, fix });

export function reason(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string; code?: string } };
  return [message, cause?.code ?? cause?.message].filter(Boolean).join(': ');
}
