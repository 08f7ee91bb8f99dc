/** The gallery of index.html: the list of stories, and the chosen one in a frame of its own, as wide and in the language one likes. */

/** @param {HTMLElement} place where the gallery stands; emptied first */
export async function openGallery(place) {
  const stories = await (await fetch(new URL('../dist/stories/index.json', import.meta.url))).json();
  const frame = Object.assign(document.createElement('iframe'), { title: 'The story', loading: 'lazy' });
  const controls = {
    theme: select('Theme', { '': 'As the system', light: 'Light', dark: 'Dark' }),
    lang: select('Language', { en: 'English', de: 'Deutsch', ar: 'العربية' }),
    width: select('Width', { '': 'As wide as fits', 320: '320 px', 600: '600 px' }),
  };
  const chosen = () => decodeURIComponent(location.hash.slice('#gallery/'.length)) || stories[0].id;
  const links = new Map(stories.map((story) => [story.id, Object.assign(document.createElement('a'), { href: `#gallery/${story.id}`, textContent: story.name })]));

  const show = () => {
    if (!location.hash.startsWith('#gallery')) return;
    const [theme, lang, width] = Object.values(controls).map(({ field }) => field.value);
    const story = stories.find(({ id }) => id === chosen()) ?? stories[0];
    for (const [id, link] of links) link.toggleAttribute('aria-current', id === story.id);
    const asked = new URLSearchParams({ story: story.id, lang, dir: lang === 'ar' ? 'rtl' : 'ltr', ...(theme ? { theme } : {}) });
    frame.title = `${story.title}: ${story.name}`;
    frame.style.maxWidth = width ? `${width}px` : '';
    const url = new URL(`frame.html?${asked}`, import.meta.url).href;
    // Replaced, so that the way back leads out of the gallery and not through every story.
    if (frame.contentWindow) frame.contentWindow.location.replace(url);
    else frame.src = url;
  };

  const bar = document.createElement('div');
  bar.className = 'controls';
  bar.append(...Object.values(controls).map(({ label }) => label));
  bar.addEventListener('change', show);
  const stageArea = document.createElement('div');
  stageArea.className = 'stage';
  stageArea.append(bar, frame);
  place.replaceChildren(list(stories, links), stageArea);
  addEventListener('hashchange', show);
  show();
}

/** @returns a navigation with a heading for each element */
function list(stories, links) {
  const nav = document.createElement('nav');
  nav.ariaLabel = 'Stories';
  for (const title of new Set(stories.map((story) => story.title))) {
    const group = document.createElement('ul');
    for (const story of stories.filter((other) => other.title === title)) {
      const item = document.createElement('li');
      item.append(links.get(story.id));
      group.append(item);
    }
    nav.append(Object.assign(document.createElement('h3'), { textContent: title }), group);
  }
  return nav;
}

function select(words, options) {
  const label = Object.assign(document.createElement('label'), { textContent: words });
  const field = document.createElement('select');
  field.append(...Object.entries(options).map(([value, text]) => new Option(text, value)));
  // An object lists keys that are numbers first.
  if ('' in options) field.prepend(field.querySelector('[value=""]'));
  field.selectedIndex = 0;
  label.append(field);
  return { label, field };
}
