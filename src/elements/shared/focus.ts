/**
 * Draws, and sees to it that the keyboard's place in an element is not lost where what had the focus is drawn no longer.
 * @param stays selects what has it then
 */
export function keepFocus(root: ShadowRoot, stays: string, draw: () => void): void {
  const focused = root.activeElement;
  draw();
  if (focused && !focused.isConnected) root.querySelector<HTMLElement>(stays)?.focus();
}
