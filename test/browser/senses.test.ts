import { expect } from '@open-wc/testing';
import type { Senses } from '../../src/engine/api.js';
import { gradeOf } from '../../src/engine/senses/frame-rate.js';
import { framesPerSecond, reportsLongFrames } from '../../src/engine/senses/long-frames.js';
import { senseThePage, type PageSenses } from '../../src/engine/senses/page-senses.js';
import { settled } from './doubles/page.js';

const LONG_MS = 3_600_000;

/** What was told, and a way to wait for what is to come. */
class Told {
  readonly all: Senses[] = [];
  #look = (): void => undefined;

  tell = (senses: Senses): void => {
    this.all.push(senses);
    this.#look();
  };

  get last(): Senses {
    return this.all.at(-1)!;
  }

  until(holds: (senses: Senses) => boolean): Promise<Senses> {
    return new Promise((resolve) => {
      this.#look = () => {
        if (this.all.length > 0 && holds(this.last)) resolve(this.last);
      };
      this.#look();
    });
  }
}

/** Stands in for something that the browser has, or has not. */
function replace(target: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
  return () => {
    if (before) Object.defineProperty(target, name, before);
    else delete (target as Record<string, unknown>)[name];
  };
}

function counting(target: object, name: string): { count: number; restore: () => void } {
  const counted = { count: 0, restore: (): void => undefined };
  const original = (target as Record<string, (...args: unknown[]) => unknown>)[name]!;
  counted.restore = replace(target, name, (...args: unknown[]) => {
    counted.count += 1;
    return original.apply(target, args);
  });
  return counted;
}

/** Keeps the main thread busy, in a frame that something is drawn in. */
async function stutter(frames: number, ms: number): Promise<void> {
  for (let left = frames; left > 0; left--) {
    await new Promise<void>((resolve) => requestAnimationFrame(() => {
      document.body.style.outlineWidth = `${left % 2}px`;
      const until = performance.now() + ms;
      while (performance.now() < until) { /* busy */ }
      resolve();
    }));
  }
}

describe('the senses of a page', () => {
  let senses: PageSenses | undefined;
  let told: Told;
  const undo: (() => void)[] = [];

  function start(idleMsMin = LONG_MS): Told {
    told = new Told();
    senses = senseThePage(idleMsMin, told.tell);
    return told;
  }

  beforeEach(() => {
    undo.push(replace(document, 'hasFocus', () => true));
  });

  afterEach(() => {
    senses?.stop();
    for (const restore of undo.splice(0)) restore();
  });

  it('are told once at the start, all in one', async () => {
    start();
    expect(told.all, 'a moment later').to.have.length(0);
    await settled();
    expect(told.all).to.have.length(1);
    expect(told.last).to.include({ active: true, focused: true, visible: true, frozen: false, frames: 'smooth', metered: false });
  });

  it('know a visitor who does nothing, and one who begins again, without a word in between', async () => {
    start(30);
    await told.until(({ active }) => !active);
    const before = told.all.length;
    for (const event of [new PointerEvent('pointermove'), new KeyboardEvent('keydown'), new WheelEvent('wheel')]) document.body.dispatchEvent(event);
    await told.until(({ active }) => active);
    expect(told.all.length - before).to.equal(1);
    await told.until(({ active }) => !active);
  });

  it('take a new idle time while they run', async () => {
    start(LONG_MS);
    await told.until(({ active }) => active);
    senses!.configure(1);
    await told.until(({ active }) => !active);
  });

  it('run no timer while nothing changes, and leave nothing behind', async () => {
    start(1);
    await told.until(({ active }) => !active);
    const spies = [counting(window, 'setTimeout'), counting(window, 'setInterval'), counting(window, 'requestAnimationFrame')];
    undo.push(...spies.map(({ restore }) => restore));
    await settled();
    expect(spies.map(({ count }) => count)).to.deep.equal([0, 0, 0]);
    senses!.stop();
    const { length } = told.all;
    document.body.dispatchEvent(new PointerEvent('pointermove'));
    document.dispatchEvent(new Event('freeze'));
    await settled();
    expect(told.all).to.have.length(length);
    expect(spies.map(({ count }) => count)).to.deep.equal([0, 0, 0]);
  });

  it('tell of focus, and of a page that nobody can be active in', async () => {
    start();
    await told.until(({ active }) => active);
    undo.push(replace(document, 'hasFocus', () => false));
    window.dispatchEvent(new FocusEvent('blur'));
    expect(await told.until(({ focused }) => !focused)).to.include({ active: false, visible: true });
    undo.push(replace(document, 'hasFocus', () => true));
    window.dispatchEvent(new FocusEvent('focus'));
    await told.until(({ focused, active }) => focused && active);
  });

  it('tell of a page that is hidden, or frozen', async () => {
    start();
    await told.until(({ visible }) => visible);
    const show = replace(document, 'visibilityState', 'hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    await told.until(({ visible }) => !visible);
    document.dispatchEvent(new Event('freeze'));
    await told.until(({ frozen }) => frozen);
    show();
    document.dispatchEvent(new Event('resume'));
    expect(await told.until(({ frozen }) => !frozen)).to.include({ visible: true });
  });

  it('tell of a battery below 20 % that is not charging, where there is one to tell', async () => {
    const battery = Object.assign(new EventTarget(), { charging: false, level: 0.5 });
    undo.push(replace(navigator, 'getBattery', async () => battery));
    start();
    await told.until(() => true);
    expect(told.last.batteryLow).to.equal(false);
    battery.level = 0.19;
    battery.dispatchEvent(new Event('levelchange'));
    await told.until(({ batteryLow }) => batteryLow);
    battery.charging = true;
    battery.dispatchEvent(new Event('chargingchange'));
    await told.until(({ batteryLow }) => !batteryLow);
  });

  it('do without a battery that may not be read', async () => {
    undo.push(replace(navigator, 'getBattery', async () => { throw new DOMException('no', 'NotAllowedError'); }));
    start();
    expect((await told.until(() => true)).batteryLow).to.equal(false);
  });

  it('tell of data that is saved or paid for', async () => {
    const connection = Object.assign(new EventTarget(), { saveData: true, type: 'wifi' });
    undo.push(replace(navigator, 'connection', connection));
    start();
    await told.until(({ metered }) => metered);
    connection.saveData = false;
    connection.dispatchEvent(new Event('change'));
    await told.until(({ metered }) => !metered);
    connection.type = 'cellular';
    connection.dispatchEvent(new Event('change'));
    await told.until(({ metered }) => metered);
  });

  it('tell of pressure where the browser does, and do without where it may not', async () => {
    let report: (records: readonly { state: string }[]) => void = () => undefined;
    let disconnected = false;
    class PressureObserver {
      constructor(callback: typeof report) { report = callback; }
      observe = async (): Promise<void> => undefined;
      disconnect(): void { disconnected = true; }
    }
    undo.push(replace(globalThis, 'PressureObserver', PressureObserver));
    start();
    report([{ state: 'fair' }, { state: 'serious' }]);
    await told.until(({ pressure }) => pressure === 'serious');
    senses!.stop();
    expect(disconnected).to.equal(true);
    class Forbidden extends PressureObserver {
      override observe = async (): Promise<void> => { throw new DOMException('no', 'NotAllowedError'); };
    }
    undo.push(replace(globalThis, 'PressureObserver', Forbidden));
    start();
    expect((await told.until(() => true)).pressure).to.equal('nominal');
  });

  it('grade frames as the original design does', () => {
    expect([0, 29.9, 30, 49.9, 50, 60].map(gradeOf)).to.deep.equal(['struggling', 'struggling', 'busy', 'busy', 'smooth', 'smooth']);
    const frames = (...lasted: number[]): number => framesPerSecond(lasted.map((lastedMs) => ({ endMs: 1_000, lastedMs })), 0);
    expect(frames()).to.equal(60);
    expect(gradeOf(frames(60)), 'one long frame is no matter').to.equal('smooth');
    expect(gradeOf(frames(80, 80, 80))).to.equal('busy');
    expect(gradeOf(frames(...Array<number>(8).fill(100)))).to.equal('struggling');
    expect(gradeOf(frames(5_000))).to.equal('struggling');
  });

  it('notice a page that stutters, and that it has stopped', async function () {
    if (!reportsLongFrames()) this.skip();
    start();
    const struggling = told.until(({ frames }) => frames === 'struggling');
    await stutter(12, 90);
    await struggling;
    await told.until(({ frames }) => frames === 'smooth');
  });

  it('ask for frames only while there is work, where long ones are not reported', async () => {
    undo.push(replace(PerformanceObserver, 'supportedEntryTypes', []));
    const frame = window.requestAnimationFrame.bind(window);
    const asked = counting(window, 'requestAnimationFrame');
    undo.push(asked.restore);
    start();
    await settled();
    expect(asked.count).to.equal(0);
    const slow = told.until(({ frames }) => frames === 'struggling');
    senses!.working(true);
    await stutter(12, 60);
    await slow;
    expect(asked.count).to.be.greaterThan(0);
    senses!.working(false);
    await told.until(({ frames }) => frames === 'smooth');
    const { count } = asked;
    await new Promise((resolve) => frame(() => frame(resolve)));
    expect(asked.count).to.equal(count);
  });
});
