import type { Reason, Status } from '../src/elements/edge-net.js';
import { HISTORY } from './history.js';
import { nextFrame, press, stage, within, type Meta, type Scene, type Story } from './stage.js';

export default { title: 'Widget', component: 'edge-net-widget' } satisfies Meta;

const widget = (scene: Scene, attributes = ''): Story => ({ render: () => stage(scene, `<edge-net-widget ${attributes}></edge-net-widget>`) });
const inState = (status: Status, ...reasons: Reason[]): Story => widget({ answer: 'granted', state: { status, reasons } });

export const Idle = inState('idle', 'no-work');
export const Working = inState('working');
export const NothingHasRunYet = widget({ answer: 'granted', history: [], state: { status: 'idle', reasons: ['no-work'], stats: { credits: 0, pending: 0, tasksCompleted: 0, uptime: 4_000, rank: 0, cpu: 0, cpuMs: 0 } } });
export const UserActive = inState('idle', 'user-active', 'no-work');
export const PageBusy = inState('working', 'page-busy');
export const Bandwidth = inState('paused', 'bandwidth');
export const Memory = inState('paused', 'memory');
export const Hidden = inState('paused', 'hidden');
export const Unfocused = inState('paused', 'unfocused');
export const OnBattery = inState('paused', 'battery');
export const Metered = inState('paused', 'metered');
export const Pressure = inState('paused', 'pressure');
export const Snoozed = inState('paused', 'snoozed');
export const PausedByVisitor = inState('paused', 'paused-by-visitor');
export const PausedBySite = inState('paused', 'paused-by-site');
export const NoPeers = inState('idle', 'no-peers', 'no-work');
export const NoCredits = inState('idle', 'no-credits');
export const Probation = inState('idle', 'probation');
export const Embedded = inState('paused', 'embedded');
export const Mobile = inState('paused', 'mobile');
export const PrivacySignal = inState('awaiting-consent', 'gpc');
export const AwaitingConsent = widget({});
export const Declined = widget({ answer: 'denied' });
export const Unconfigured = widget({ attributes: { relays: '' } });
export const Loading = widget({ answer: 'granted', state: { status: 'loading', progress: { phase: 'model', loaded: 3_100_000, total: 8_400_000 } } });
export const Connecting = inState('connecting');
export const Following = inState('following');
export const Offline = inState('offline');
export const Unsupported = widget({ answer: 'granted', state: { status: 'unsupported', error: { code: 'insecure-context', message: 'A node needs a secure page. Serve it over https, or from localhost.' } } });
export const StoppedByError = widget({ answer: 'granted', state: { status: 'error', error: { code: 'csp-worker', message: "The page's Content-Security-Policy refuses workers. Add worker-src blob:" } } });
export const Closed = inState('closed');
export const WithoutNode = widget({ alone: true });
export const AllSections = widget({ answer: 'granted', state: { status: 'idle', reasons: ['no-work'], top: [...'ABCDEFG'].map((letter, at) => ({ account: `${letter}ccount-of-somebody-far-away`, name: at === 1 ? 'a-friendly-name' : '', credits: 900 / (at + 1) })) } }, 'sections="credits stats chart leaderboard controls history"');
export const Pinned = widget({ answer: 'granted', state: { status: 'idle', reasons: ['no-work'] } }, 'position="bottom-end"');
export const DarkTheme = widget({ answer: 'granted', state: { status: 'idle', reasons: ['no-work'] } }, 'theme="dark"');
export const German: Story = { render: () => Object.assign(stage({ answer: 'granted', state: { status: 'idle', reasons: ['no-work'] } }, '<edge-net-widget></edge-net-widget>'), { lang: 'de' }) };
/** On a narrow page it is folded from the start. */
export const Folded = widget({ answer: 'granted', state: { status: 'idle', reasons: ['no-work'] }, then: ({ root }) => within(root, 'edge-net-widget').getElementById('fold')?.click() }, 'position="bottom-start"');
export const SnoozeMenu = widget({ answer: 'granted', state: { status: 'idle', reasons: ['no-work'] }, then: ({ root }) => press(root, 'edge-net-widget', '#snooze') });
export const AsksBeforeForgetting = widget({ answer: 'granted', state: { status: 'idle', reasons: ['no-work'] }, then: ({ root }) => press(root, 'edge-net-widget', '#stop') });
export const WhatRanHere = widget({ answer: 'granted', history: HISTORY, state: { status: 'idle', reasons: ['no-work'] }, then: ({ root }) => press(root, 'edge-net-widget', 'summary') });
export const BusyMinute = widget({
  answer: 'granted', history: HISTORY, state: { status: 'working' },
  async then({ engine, time }) {
    for (let sample = 0; sample < 40; sample++) {
      time.pass(2_000);
      engine!.become({ stats: { ...engine!.state.stats, cpu: 0.3 * Math.abs(Math.sin(sample / 5)) } });
      await nextFrame();
    }
  },
});
