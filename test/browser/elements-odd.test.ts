import { expect } from '@open-wc/testing';
import { html } from 'lit/html.js';
import { EdgeNetError, type HistoryEntry } from '../../src/engine/index.js';
import { LateSection } from '../../src/elements/widget/late-section.js';
import { answers, time } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import { addWidget, contributing, reset, settled, until } from './doubles/page.js';
import { button, drawn, text, words } from './doubles/reading.js';

const DEFAULT_HISTORY = answers.history;
const ENTRY = DEFAULT_HISTORY[0]!;
const TOP = [...'abcdefghijklmno'].map((letter, at) => ({ account: letter.repeat(43), name: '', credits: 100 - at }));

function put<Tag extends 'edge-net-leaderboard' | 'edge-net-task' | 'edge-net-dashboard'>(tag: Tag, attributes: Record<string, string> = {}): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return document.body.appendChild(element);
}

describe('odd and failing things', () => {
  beforeEach(() => {
    reset();
    answers.history = DEFAULT_HISTORY;
  });

  it('in a history leave the widget whole, and turn nothing around', async () => {
    const odd: Partial<HistoryEntry>[] = [{ at: Number.NaN, kind: '\u202Ekind\u2066', parties: ['\u202Ewho-is-somebody'] }, { at: 9e15, kind: 'constructor', outcome: 'lost' as 'paid' }];
    answers.history = odd.map((change, at) => ({ ...ENTRY, taskId: `odd${at}`, ...change }));
    await contributing();
    const root = await drawn(addWidget());
    root.querySelector<HTMLElement>('.history summary')!.click();
    const lines = await until(() => root.querySelectorAll('.history li').length === 2 && [...root.querySelectorAll('.history li')].map(words));
    expect(lines.join()).not.to.match(/[\u202E\u2066]|Invalid|NaN|widget\./u);
    expect(lines[0]).to.match(/^kind for who-is…body/u);
    expect(lines[1]).to.match(/^constructor for /u);
  });

  it('leave the price to be asked for once more', async () => {
    const { engine } = await contributing();
    const { quote } = engine;
    engine.quote = () => Promise.reject(new EdgeNetError('relay-unreachable', 'No relay answers.'));
    const root = await drawn(put('edge-net-task', { type: 'embedding' }));
    await until(() => text(root, '.price').startsWith('Working out'));
    time.pass(0);
    await until(() => text(root, '.price').startsWith('There is no price yet'));
    engine.quote = quote;
    button(root, 'Try again')!.click();
    time.pass(0);
    await until(() => text(root, '.price').startsWith('Price: 2 credits'));
    expect(button(root, 'Try again')).to.equal(undefined);
  });

  it('say the name that was registered, though the ledger is read a moment later', async () => {
    const { engine } = await contributing();
    engine.registerName = async () => 'record';
    const root = await drawn(put('edge-net-leaderboard'));
    root.querySelector('details')!.open = true;
    root.querySelector('input')!.value = 'Alice';
    button(root, 'Use this name')!.click();
    await until(() => text(root, '#outcome').startsWith('You are now shown as'));
    expect(text(root, '#outcome')).to.equal('You are now shown as alice.');
  });

  it('in the leaderboard’s limit leave it at ten', async () => {
    const { engine } = await contributing();
    engine.become({ top: TOP });
    const root = await drawn(put('edge-net-leaderboard', { limit: 'all' }));
    expect(root.querySelectorAll('li')).to.have.length(10);
    root.host.setAttribute('limit', '-3');
    await settled();
    expect(root.querySelectorAll('li')).to.have.length(10);
  });

  it('in what a page counted leave the dashboard whole', async () => {
    await contributing();
    const root = await drawn(put('edge-net-dashboard'));
    (root.host as HTMLElement & { consent: unknown }).consent = '{"asked": 3}';
    await settled();
    await until(() => text(root, '[data-tile=visitors] .note').startsWith('Asked: not counted'));
  });

  it('that cannot be loaded are not asked for with each drawing', async () => {
    let asked = 0;
    const section = new LateSection(addWidget(), () => {}, () => (asked++, asked < 2 ? Promise.reject(new Error('gone')) : Promise.resolve({ ENGLISH: { 'a.b': 'c' }, section: () => html`` })));
    for (let drawing = 0; drawing < 5; drawing++) {
      section.draw(undefined);
      await settled();
    }
    expect(asked).to.equal(1);
    time.pass(10_000);
    section.draw(undefined);
    await settled();
    expect(asked).to.equal(2);
  });
});
