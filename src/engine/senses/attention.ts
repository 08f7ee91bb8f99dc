/** Whether the page is seen, has the focus, and is allowed to run at all. */
import type { Senses } from '../api.js';
import { on, type Sensor } from './sensor.js';

export const senseAttention: Sensor<Pick<Senses, 'visible' | 'focused' | 'frozen'>> = (notice) => {
  let frozen = false;
  const look = (): void => notice({ visible: document.visibilityState === 'visible', focused: document.hasFocus(), frozen });
  const stops = [
    on(document, ['visibilitychange'], look),
    // A focus that moves into a frame of the page leaves the window before it arrives there.
    on(window, ['focus', 'blur'], () => void setTimeout(look)),
    on(document, ['freeze', 'resume'], ({ type }) => {
      frozen = type === 'freeze';
      look();
    }),
  ];
  look();
  return () => stops.forEach((stop) => stop());
};
