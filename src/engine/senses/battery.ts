/** Whether the battery runs low. Safari and Firefox do not tell. https://www.w3.org/TR/battery-status/ */
import { on, type Sensor, type Stop } from './sensor.js';

const LOW = 0.2;

interface BatteryManager extends EventTarget {
  readonly charging: boolean;
  readonly level: number;
}

export const senseBattery: Sensor<boolean> = (notice) => {
  let stop: Stop | undefined = () => undefined;
  const { getBattery } = navigator as Navigator & { getBattery?: () => Promise<BatteryManager> };
  getBattery?.call(navigator).then(
    (battery) => {
      if (!stop) return;
      const look = (): void => notice(!battery.charging && battery.level < LOW);
      stop = on(battery, ['levelchange', 'chargingchange'], look);
      look();
    },
    () => undefined, // forbidden here
  );
  return () => {
    stop?.();
    stop = undefined;
  };
};
