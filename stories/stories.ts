/** All stories in order, by the ids that Storybook would give them. */
import type { Meta, Story } from './stage.js';
import * as badge from './badge.stories.js';
import * as consent from './consent.stories.js';
import * as dashboard from './dashboard.stories.js';
import * as leaderboard from './leaderboard.stories.js';
import * as log from './log.stories.js';
import * as task from './task.stories.js';
import * as widget from './widget.stories.js';

export interface Listed {
  readonly id: string;
  readonly title: string;
  readonly name: string;
  make(): HTMLElement;
}

type StoryFile = { readonly default: Meta } & Readonly<Record<string, Story | Meta>>;

export const stories: readonly Listed[] = ([consent, badge, widget, leaderboard, log, task, dashboard] as unknown as StoryFile[]).flatMap(({ default: meta, ...rest }) =>
  Object.entries(rest as Readonly<Record<string, Story>>).map(([key, story]) => ({
    id: `${kebab(meta.title)}--${kebab(key)}`,
    title: meta.title,
    name: words(key),
    make: () => story.render(story.args ?? {}),
  })),
);

function words(key: string): string {
  const spaced = key.replace(/([a-z\d])([A-Z])/gu, '$1 $2').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function kebab(text: string): string {
  return words(text).toLowerCase().replaceAll(/[^a-z\d]+/gu, '-');
}
