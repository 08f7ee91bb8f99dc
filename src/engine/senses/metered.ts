/** Whether the visitor asked to save data, or is on a mobile network. https://wicg.github.io/netinfo/ */
import { on, type Sensor } from './sensor.js';

interface NetworkInformation extends EventTarget {
  readonly saveData?: boolean;
  readonly type?: string;
}

export const senseMetered: Sensor<boolean> = (notice) => {
  const { connection } = navigator as Navigator & { connection?: NetworkInformation };
  if (!connection) return () => undefined;
  const look = (): void => notice(connection.saveData === true || connection.type === 'cellular');
  look();
  return on(connection, ['change'], look);
};
