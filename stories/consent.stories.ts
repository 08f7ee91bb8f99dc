import { stage, until, type Meta, type Scene, type Story } from './stage.js';

export default { title: 'Consent prompt', component: 'edge-net-node' } satisfies Meta;

const PROMPT_MS = 3_000;
const PAGE = '<main><h1>A page of somebody else</h1><p>The prompt lies above it, and moves nothing of it.</p></main>';

const prompt = (scene: Scene, inside = ''): Story => ({
  render: () =>
    stage(
      {
        ...scene,
        attributes: { prompt: 'auto', ...scene.attributes },
        async then(stood) {
          stood.node!.innerHTML = inside;
          await until(() => stood.time.waiting > 0 || scene.attributes?.['prompt'] === 'inline');
          stood.time.pass(PROMPT_MS);
          await until(() => stood.node!.shadowRoot!.querySelector('[role=dialog]'));
          await scene.then?.(stood);
        },
      },
      PAGE,
    ),
});

export const Asked = prompt({});
export const WhatWouldRun = prompt({ then: ({ node }) => node!.shadowRoot!.querySelector('summary')!.click() });
export const SharedWithSite = prompt({ attributes: { 'site-id': 'example-site', 'cpu-limit': '0.5' } });
export const AllToSite = prompt({ attributes: { 'site-id': 'example-site', 'site-share': '1' } });
export const NothingStored = prompt({ attributes: { storage: 'memory' } });
export const AtStart = prompt({ attributes: { 'prompt-position': 'bottom-start' } });
export const Inline = prompt({ attributes: { prompt: 'inline' } });
export const OwnWords = prompt({}, '<span slot="consent-heading">Help us index the archive?</span><span slot="consent-allow">Gladly</span><span slot="consent-decline">Rather not</span>');
