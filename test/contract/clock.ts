/** The Clock and Random contracts. */
import type { Clock, Random } from '../../src/engine/ports/clock.js';
import type { Runner } from './runner.js';

export interface ClockUnderTest {
  readonly clock: Clock;
  /** Lets time pass until the promise settles. */
  until<T>(promise: Promise<T>): Promise<T>;
}

export function clockContract(name: string, open: () => ClockUnderTest, { test, equal }: Runner): void {
  test(`${name}: calls back once, no earlier than asked, never at once`, async () => {
    const { clock, until } = open();
    const startMs = clock.now();
    let calls = 0;
    const waited = new Promise<number>((resolve) => clock.after(20, () => resolve((calls++, clock.now() - startMs))));
    equal(calls, 0);
    // A timer may be rounded down by less than a millisecond.
    equal((await until(waited)) >= 19, true);
    await until(new Promise<void>((resolve) => clock.after(40, resolve)));
    equal(calls, 1);
  });

  test(`${name}: calls back in order of time, and in order of asking where that is equal`, async () => {
    const { clock, until } = open();
    const order: string[] = [];
    await until(
      new Promise<void>((resolve) => {
        clock.after(60, resolve);
        clock.after(30, () => order.push('later'));
        clock.after(5, () => order.push('first'));
        clock.after(5, () => order.push('second'));
        clock.after(-7, () => order.push('overdue'));
      }),
    );
    equal(order, ['overdue', 'first', 'second', 'later']);
  });

  test(`${name}: forgets what is called off, and calling off late does no harm`, async () => {
    const { clock, until } = open();
    let calls = 0;
    const callOff = clock.after(5, () => calls++);
    callOff();
    callOff();
    const farOff = clock.after(2 ** 40, () => calls++);
    const done = { callOff: (): void => undefined };
    await until(new Promise<void>((resolve) => (done.callOff = clock.after(30, resolve))));
    done.callOff();
    farOff();
    equal(calls, 0);
  });
}

export function randomContract(name: string, open: () => Random, { test, equal }: Runner): void {
  test(`${name}: gives as many bytes as asked, others each time`, async () => {
    const random = open();
    for (const length of [0, 1, 32, 70_000]) equal(random.bytes(length).length, length);
    equal(String(random.bytes(32)) === String(random.bytes(32)), false);
    const long = random.bytes(200_000);
    equal(new Set(long.subarray(-4_096)).size > 200, true, 'the end of a long draw is drawn too');
  });
}
