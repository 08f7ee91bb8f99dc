/** Stops whatever a sensor started, and leaves no listener and no timer. */
export type Stop = () => void;

/**
 * Notices one thing and says it: at once, where the browser can tell, and whenever it is another. Between two readings
 * it costs nothing.
 */
export type Sensor<Reading> = (notice: (reading: Reading) => void) => Stop;

/** Calls `look` on each of the events. */
export function on(target: EventTarget, types: readonly string[], look: (event: Event) => void): Stop {
  const options = { capture: true, passive: true };
  for (const type of types) target.addEventListener(type, look, options);
  return () => types.forEach((type) => target.removeEventListener(type, look, options));
}
