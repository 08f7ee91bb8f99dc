import { entry, HISTORY } from './history.js';
import { press, stage, type Meta, type Scene, type Story } from './stage.js';

export default { title: 'Log', component: 'edge-net-log' } satisfies Meta;

const log = (scene: Scene): Story => ({ render: () => stage({ answer: 'granted', state: { status: 'idle' }, ...scene }, '<edge-net-log></edge-net-log>') });

export const Filled = log({ history: HISTORY });
export const Proof = log({ history: HISTORY, then: ({ root }) => press(root, 'edge-net-log', '.open') });
export const Long = log({ history: Array.from({ length: 120 }, (_, index) => entry(index)) });
export const AsksBeforeClearing = log({ history: HISTORY, then: ({ root }) => press(root, 'edge-net-log', '#clear') });
export const NothingYet = log({ history: [] });
export const Reading = log({ pending: ['history'] });
export const Offline = log({ state: { status: 'offline' }, history: [entry(0), entry(1)] });
export const BeforeConsent = log({ answer: undefined, state: undefined } as unknown as Scene);
