/** Shows one story, named by `?story=`, in the language and theme of the rest of the address. The gallery and the tests open it. */
import { stories } from './stories.js';

const asked = new URLSearchParams(location.search);
const { documentElement: html } = document;
html.lang = asked.get('lang') ?? 'en';
html.dir = asked.get('dir') ?? 'ltr';
html.style.colorScheme = asked.get('theme') ?? 'light dark';

const story = stories.find(({ id }) => id === asked.get('story'));
if (story) document.body.append(story.make());
else document.body.textContent = `There is no story "${asked.get('story') ?? ''}".`;
document.title = story ? `${story.title}: ${story.name}` : 'No such story';

Object.assign(globalThis, { storyIds: stories.map(({ id }) => id) });
