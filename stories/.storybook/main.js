/** Storybook is installed apart from the package's own tools: see scripts/storybook.mjs. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const home = process.env.STORYBOOK_HOME;
const framework = dirname(createRequire(join(home, 'package.json')).resolve('@storybook/web-components-vite/package.json'));

export default {
  framework,
  stories: ['../*.stories.ts'],
  core: { disableTelemetry: true },
};
