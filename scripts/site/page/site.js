/** What a page of the documentation does beyond being read: code is copied, pages are searched. Both by keys as well. */
(() => {
  const said = document.getElementById('said');
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  for (const block of document.querySelectorAll('.code')) {
    const code = block.querySelector('code');
    const button = make('button', { type: 'button', className: 'copy', textContent: 'Copy', ariaLabel: 'Copy this code' });
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        said.textContent = 'Copied.';
        button.textContent = 'Copied';
      } catch {
        // Without permission, or in an insecure page: the reader's own keys do it.
        getSelection().selectAllChildren(code);
        said.textContent = 'Selected. Copy it by the keys of your system.';
        button.textContent = 'Selected';
      }
    });
    button.addEventListener('blur', () => (button.textContent = 'Copy'));
    block.append(button);
  }

  const SHOWN_MAX = 12;
  const form = document.querySelector('.search');
  const field = document.getElementById('search');
  const list = document.getElementById('found');
  let index;
  form.hidden = false;

  /** A script, since a page from a disk may fetch nothing. Loaded once somebody searches. */
  const loadIndex = () =>
    (index ??= new Promise((resolve) => {
      const script = make('script', { src: 'search-index.js' });
      script.addEventListener('load', () => resolve(globalThis.edgeNetPages.map(([url, page, section, text]) => ({ url, page, section, text, low: `${page} ${section} ${text}`.toLowerCase() }))));
      script.addEventListener('error', () => resolve([]));
      document.head.append(script);
    }));

  /** Every word must be there. Headings weigh more than text, whole words more than beginnings. */
  const score = ({ page, section, low }, words) => {
    const title = `${section || page}`.toLowerCase();
    if (!words.every((word) => low.includes(word))) return 0;
    return words.reduce((sum, word) => sum + 1 + (title.includes(word) ? 6 : 0) + (title === word ? 12 : 0) + (page.toLowerCase().includes(word) ? 2 : 0), section ? 0 : 1);
  };

  const excerpt = ({ text }, word) => {
    const at = Math.max(0, text.toLowerCase().indexOf(word) - 40);
    return `${at > 0 ? '…' : ''}${text.slice(at, at + 120)}${text.length > at + 120 ? '…' : ''}`;
  };

  const show = async () => {
    const words = field.value.toLowerCase().split(/\s+/u).filter(Boolean);
    if (words.length === 0) return close();
    const entries = await loadIndex();
    const ranked = entries.map((entry) => [score(entry, words), entry]).filter(([points]) => points > 0).sort(([a], [b]) => b - a);
    const items = ranked.slice(0, SHOWN_MAX).map(([, entry]) =>
      make('li', {}, make('a', { href: entry.url }, entry.section ? `${entry.section} · ${entry.page}` : entry.page, make('small', {}, excerpt(entry, words[0])))));
    list.replaceChildren(...(items.length ? items : [make('li', {}, make('p', {}, 'Nothing has all of these words.'))]));
    list.hidden = false;
    said.textContent = ranked.length === 1 ? '1 place found.' : `${ranked.length} places found.`;
  };
  const close = () => (list.hidden = true);

  field.addEventListener('focus', loadIndex, { once: true });
  field.addEventListener('input', show);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    list.querySelector('a')?.click();
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      close();
      field.focus();
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const stops = [field, ...list.querySelectorAll('a')];
    stops.at((stops.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)) % stops.length).focus();
    event.preventDefault();
  });
  form.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget && !form.contains(relatedTarget)) close();
  });
  document.addEventListener('click', ({ target }) => {
    if (!form.contains(target)) close();
  });
  // A result on this very page moves no focus by itself.
  list.addEventListener('click', close);
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'k' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    field.focus();
  });
})();
