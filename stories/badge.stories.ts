import { stage, until, type Meta, type Scene, type Story } from './stage.js';

export default { title: 'Badge', component: 'edge-net-node' } satisfies Meta;

/** A site that holds consent already shows it at all times. */
const badge = (scene: Scene, isOpen: boolean): Story => ({
  render: () =>
    stage({
      ...scene,
      attributes: { consent: 'granted' },
      async then({ node }) {
        const summary = await until(() => node!.shadowRoot!.querySelector('summary'));
        if (isOpen) summary.click();
      },
    }),
});

export const Closed = badge({ state: { status: 'idle', reasons: ['no-work'] } }, false);
export const Open = badge({ state: { status: 'working' } }, true);
export const Paused = badge({ state: { status: 'paused', reasons: ['battery'] } }, true);
