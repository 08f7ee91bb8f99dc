import { stage, type Meta, type Scene, type Story } from './stage.js';

export default { title: 'Leaderboard', component: 'edge-net-leaderboard' } satisfies Meta;

const leaderboard = (scene: Scene, attributes = ''): Story => ({ render: () => stage(scene, `<edge-net-leaderboard ${attributes}></edge-net-leaderboard>`) });

const ME = 'node-of-this-page';
const top = (count: number, mine: number) =>
  Array.from({ length: count }, (_, at) => ({ account: at === mine ? ME : `${'abcdefghijklmnopqrstuvwxyz'[at % 26]!.repeat(20)}${at}`, name: at % 3 === 1 ? `friend-${at}` : '', credits: 12_345.678 / (at + 1) }));

export const Ranked = leaderboard({ answer: 'granted', state: { status: 'idle', top: top(12, 3), stats: { rank: 4, accounts: 12 } } });
export const YouBelowTheList = leaderboard({ answer: 'granted', state: { status: 'idle', top: top(12, 8), stats: { rank: 9, accounts: 240 } } }, 'limit="5"');
export const NotRankedYet = leaderboard({ answer: 'granted', state: { status: 'idle', top: top(12, -1), stats: { rank: 0, accounts: 240 } } }, 'limit="5"');
export const TooFew = leaderboard({ answer: 'granted', state: { status: 'idle', top: top(3, 0) } });
export const Named = leaderboard({ answer: 'granted', state: { status: 'idle', name: 'friend-of-all', top: top(6, 0).map((entry) => (entry.account === ME ? { ...entry, name: 'friend-of-all' } : entry)) } });
export const BeforeConsent = leaderboard({});
export const Offline = leaderboard({ answer: 'granted', state: { status: 'offline', top: [] } });
