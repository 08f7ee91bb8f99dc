/** Runs in a page. @returns the button with these words in the shadow root of an element, once there is one; rejects after half a minute */
export function buttonInShadow(host: string, words: string): Promise<HTMLButtonElement> {
  return new Promise((resolve, reject) => {
    const root = document.querySelector(host)!.shadowRoot!;
    const look = (): void => {
      const button = [...root.querySelectorAll('button')].find(({ textContent }) => textContent?.trim() === words);
      if (button) settle(() => resolve(button));
    };
    const observer = new MutationObserver(look);
    const timer = setTimeout(() => settle(() => reject(new Error(`There is no button "${words}" in ${host}.`))), 30_000);
    const settle = (then: () => void): void => {
      observer.disconnect();
      clearTimeout(timer);
      then();
    };
    observer.observe(root, { childList: true, subtree: true, characterData: true });
    look();
  });
}
