/**
 * What only the browser's driver can do: keys, media, the window's size. Where an engine's driver cannot, the test that
 * asks is skipped, and its name says why. (scripts/driver-commands.mjs does the work.)
 */
import { executeServerCommand } from '@web/test-runner-commands';

interface Media {
  readonly media?: 'print' | 'screen';
  readonly colorScheme?: 'dark' | 'light';
  readonly reducedMotion?: 'reduce' | 'no-preference';
  readonly forcedColors?: 'active' | 'none';
}

/** As much of Mocha's test as is needed here. */
interface RunningTest {
  title: string;
  readonly state?: string;
  isPending(): boolean;
  skip(): void;
}

let running: RunningTest | undefined;
beforeEach(function (this: unknown) {
  running = (this as { readonly currentTest: RunningTest }).currentTest;
});

after(() => executeServerCommand('driver-reset'));

type Keys = { readonly press: string } | { readonly type: string } | { readonly down: string } | { readonly up: string };

/** Keys by their names in `KeyboardEvent.key`, Space too; those that are held together are joined by a plus: Shift+Tab. */
export const sendKeys = (keys: Keys): Promise<void> => ask('driver-keys', keys, 'its driver has no keyboard');

const FEATURES = { colorScheme: 'prefers-color-scheme', reducedMotion: 'prefers-reduced-motion', forcedColors: 'forced-colors' } as const;

/** What is not named is as the browser has it. Where a driver emulates none, what the browser has anyway will do. */
export async function emulateMedia(wanted: Media): Promise<void> {
  const { media, ...features } = wanted;
  const queries = [media, ...Object.entries(features).map(([name, value]) => `(${FEATURES[name as keyof typeof FEATURES]}: ${value})`)];
  const holds = (): boolean => queries.every((query) => query === undefined || matchMedia(query).matches);
  await ask('driver-media', wanted, `its driver emulates no media, such as ${queries.filter(Boolean).join(' and ')}`, holds);
}

export const setViewport = (wanted: { readonly width: number; readonly height: number }): Promise<void> =>
  ask('driver-viewport', wanted, `its driver gives no page of ${wanted.width} pixels`);

async function ask(command: string, wanted: object, lack: string, isSo = (): boolean => false): Promise<void> {
  const { done } = await executeServerCommand<{ readonly done: boolean }, object>(command, wanted);
  // Whoever tidies up after a test wants no more than the test got.
  if (done || isSo() || !running || running.state || running.isPending()) return;
  running.title += ` (not in this engine: ${lack})`;
  running.skip();
}
