/** How hard the processor is pressed, by whatever runs on it. https://www.w3.org/TR/compute-pressure/ */
import type { Senses } from '../api.js';
import type { Sensor } from './sensor.js';

const SAMPLE_MS = 2_000;

interface PressureObserver {
  observe(source: 'cpu', options: { readonly sampleInterval: number }): Promise<void>;
  disconnect(): void;
}

type PressureObserverClass = new (report: (records: readonly { readonly state: Senses['pressure'] }[]) => void) => PressureObserver;

export const sensePressure: Sensor<Senses['pressure']> = (notice) => {
  const { PressureObserver } = globalThis as { PressureObserver?: PressureObserverClass };
  if (!PressureObserver) return () => undefined;
  const observer = new PressureObserver((records) => {
    const newest = records.at(-1);
    if (newest) notice(newest.state);
  });
  // A frame without the permission or a machine without the sensor: nothing can be told.
  observer.observe('cpu', { sampleInterval: SAMPLE_MS }).catch(() => undefined);
  return () => observer.disconnect();
};
