import { expect } from '@open-wc/testing';
import { EdgeNetError, type HistoryEntry, type Report } from '../../src/engine/index.js';
import { sendKeys } from './driver.js';
import { answers } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import { addNode, addWidget, contributing, prompt, reset, until } from './doubles/page.js';
import { button, drawn, text, words } from './doubles/reading.js';

const DEFAULTS = { history: answers.history, report: answers.report };

function many(count: number): HistoryEntry[] {
  return Array.from({ length: count }, (_, index) => ({ ...DEFAULTS.history[0]!, taskId: `t${index}` }));
}

async function add(tag: 'edge-net-log' | 'edge-net-dashboard'): Promise<ShadowRoot> {
  return drawn(document.body.appendChild(document.createElement(tag)));
}

/** Presses the button as the keyboard does. */
async function pressed(root: ShadowRoot, name: string): Promise<void> {
  (await until(() => button(root, name))).focus();
  await sendKeys({ press: 'Enter' });
}

const focused = (root: ShadowRoot): string => (root.activeElement ? words(root.activeElement) : '');

describe('the focus stays in an element whose button goes away', () => {
  beforeEach(() => {
    reset();
    Object.assign(answers, DEFAULTS);
  });

  it('at the last and the first page of the log, whose buttons say that there is no more', async () => {
    answers.history = many(60);
    await contributing();
    const root = await add('edge-net-log');
    await pressed(root, 'Older');
    expect(text(root, '[part=count]')).to.equal('51–60 of 60');
    expect(focused(root)).to.equal('Older');
    expect(button(root, 'Older')!.ariaDisabled).to.equal('true');
    await sendKeys({ press: 'Enter' });
    expect(text(root, '[part=count]')).to.equal('51–60 of 60');
    expect(text(root, '[role=status]')).to.equal('51–60 of 60');
    await pressed(root, 'Newer');
    expect(focused(root)).to.equal('Newer');
    expect(text(root, '[role=status]')).to.equal('1–50 of 60');
  });

  it('in the log that could be read after all, and that is unfiltered again', async () => {
    const { engine } = await contributing();
    engine.history = () => Promise.reject(new EdgeNetError('storage-corrupt', 'It is damaged.'));
    const root = await add('edge-net-log');
    await until(() => button(root, 'Try again'));
    engine.history = async () => many(2);
    await pressed(root, 'Try again');
    await until(() => root.querySelector('table'));
    expect(focused(root)).to.equal('What ran on this computer');
    const search = root.querySelector<HTMLInputElement>('input[type=search]')!;
    search.value = 'nothing like it';
    search.dispatchEvent(new Event('input', { bubbles: true }));
    await pressed(root, 'Show all');
    expect(focused(root)).to.equal('What ran on this computer');
  });

  it('in the dashboard that could be read after all, and that shows the month', async () => {
    const { engine } = await contributing();
    const { report } = engine;
    engine.report = () => Promise.reject(new EdgeNetError('relay-unreachable', 'No relay answers.'));
    const root = await add('edge-net-dashboard');
    await until(() => button(root, 'Try again'));
    engine.report = report;
    await pressed(root, 'Try again');
    await until(() => root.querySelector('[part=chart]'));
    expect(focused(root)).to.equal('Site dashboard');
    const none = Object.fromEntries(Object.keys(DEFAULTS.report.totals).map((name) => [name, 0])) as unknown as Report['totals'];
    engine.report = async ({ range }) => ({ ...DEFAULTS.report, range, ...(range === '30d' ? {} : { totals: none }) });
    (root.host as HTMLElement & { range: string }).range = '7d';
    await pressed(root, 'Show 30 days');
    await until(() => !button(root, 'Show 30 days'));
    expect(focused(root)).to.equal('Site dashboard');
  });

  it('in the widget that the visitor comes back to from the question', async () => {
    const node = addNode({ prompt: 'manual' });
    const root = await drawn(addWidget());
    await pressed(root, 'Contribute…');
    await prompt(node);
    await sendKeys({ press: 'F6' });
    await sendKeys({ press: 'Escape' });
    expect(focused(root)).to.equal('Contribute…');
    await sendKeys({ press: 'Enter' });
    await prompt(node);
    await sendKeys({ press: 'F6' });
    button(node.shadowRoot!, 'Allow')!.focus();
    await sendKeys({ press: 'Enter' });
    await until(() => button(root, 'Pause'));
    expect(root.activeElement).to.equal(root.querySelector('section'));
  });
});
