/** Elements without markup strings: works under Trusted Types, and needs no template library before consent. */
type Child = Node | string;
type Props = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;

/** Functions become listeners, booleans are present or absent, the rest are attributes. */
export function h<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (typeof value === 'boolean') element.toggleAttribute(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A constructed sheet passes `style-src 'self'`, which a style element does not. */
export function sheet(css: string): CSSStyleSheet {
  const styles = new CSSStyleSheet();
  styles.replaceSync(css);
  return styles;
}

/**
 * Draws, and sees to it that the keyboard's place in an element is not lost where what had the focus is drawn no longer.
 * @param stays selects what has it then
 */
export function keepFocus(root: ShadowRoot, stays: string, draw: () => void): void {
  const focused = root.activeElement;
  draw();
  if (focused && !focused.isConnected) root.querySelector<HTMLElement>(stays)?.focus();
}
