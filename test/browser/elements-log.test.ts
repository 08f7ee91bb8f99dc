import { expect } from '@open-wc/testing';
import { sendKeys, setViewport } from './driver.js';
import 'axe-core';
import { EdgeNetError, type HistoryEntry } from '../../src/engine/index.js';
import { answers, time, type EngineDouble } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import type { EdgeNetLog, EdgeNetNode } from '../../src/elements/edge-net.js';
import { addNode, contributing, reset, settled, until } from './doubles/page.js';

declare const axe: { run(context: Element, options?: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };

const KINDS = ['embedding', 'vector_search', 'vector_insert', 'semantic_match', 'neural_inference', 'encryption', 'compression', 'custom_wasm'];

const PAID: HistoryEntry = {
  taskId: 'task-of-somebody-00001', kind: 'embedding', role: 'worker', parties: ['requester-key-0123456789'], at: 1_700_000_000_000, busyMs: 1_240, credits: 0.5, outcome: 'paid', items: 20, bytes: 5_120,
  digest: 'digest-of-its-result', certificate: { escrow: 'escrow-of-it', settlement: 'settlement-of-it', witnesses: ['witness-1', 'witness-2'] }, latencyMs: 0,
};

function entry(change: Partial<HistoryEntry>): HistoryEntry {
  return { ...PAID, ...change };
}

function many(count: number): HistoryEntry[] {
  return Array.from({ length: count }, (_, index) => entry({
    taskId: `task-${index}`, kind: KINDS[index % 8]!, items: index, at: PAID.at - index * 60_000, role: index % 2 ? 'submitter' : 'worker', outcome: index % 2 ? 'resolved' : 'paid', latencyMs: index % 2 ? 900 : 0,
  }));
}

function addLog(attributes: Record<string, string> = {}): EdgeNetLog {
  const log = document.createElement('edge-net-log');
  for (const [name, value] of Object.entries(attributes)) log.setAttribute(name, value);
  document.body.append(log);
  return log;
}

/** The log of a node that contributes, with its table, or its note where there are no entries. */
async function opened(history: HistoryEntry[]): Promise<{ root: ShadowRoot; log: EdgeNetLog; node: EdgeNetNode; engine: EngineDouble }> {
  answers.history = history;
  const { node, engine } = await contributing();
  const log = addLog();
  const root = log.shadowRoot!;
  await until(() => root.querySelector(history.length ? 'table' : '.note'));
  return { root, log, node, engine };
}

const text = (element: Element | null): string => element?.textContent?.replaceAll(/\s+/gu, ' ').trim() ?? '';
const tasks = (root: ShadowRoot): string[] => [...root.querySelectorAll('.open')].map(text);
const said = (root: ShadowRoot): string => text(root.querySelector('[role=status]'));

function button(root: ParentNode, words: string): HTMLButtonElement {
  return [...root.querySelectorAll('button')].find((candidate) => text(candidate) === words || candidate.ariaLabel === words)!;
}

function choose(root: ShadowRoot, label: string, value: string): void {
  const control = [...root.querySelectorAll('label')].find((candidate) => text(candidate.querySelector('span')) === label)!.querySelector<HTMLInputElement>('select, input')!;
  control.value = value;
  control.dispatchEvent(new Event(control.localName === 'select' ? 'change' : 'input', { bubbles: true }));
}

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await sendKeys({ press: key });
}

async function accessible(element: Element): Promise<void> {
  const { violations } = await axe.run(element, { rules: { region: { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html + (node.failureSummary ?? '')).join(' ')}`)).to.deep.equal([]);
}

describe('the log', () => {
  beforeEach(reset);

  it('is a table with a caption, headers of columns and rows, and what was done in words', async () => {
    const { root } = await opened([PAID, entry({ taskId: 't2', role: 'submitter', kind: 'vector_search', items: 1_000, credits: -1, outcome: 'resolved', latencyMs: 1_840, busyMs: 0, bytes: 3_000_000 })]);
    expect(text(root.querySelector('caption'))).to.equal('What ran on this computer');
    expect([...root.querySelectorAll('thead th')].map((header) => [header.getAttribute('scope'), text(header)])).to.deep.equal(
      ['Time', 'Task', 'Asked by', 'Duration', 'Computing', 'Data', 'Credits', 'Outcome'].map((name) => ['col', name]),
    );
    const rows = [...root.querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll('td, th')].slice(1).map(text));
    expect(rows).to.deep.equal([
      ['Turned 20 texts into vectors', 'reques…6789', '–', '1.2 s', '5 KB', '+0.5', 'Paid'],
      ['Ran 1,000 searches among vectors', 'you', '1.8 s', '–', '2.9 MB', '−1', 'Done'],
    ]);
    expect(root.querySelector('tbody th')!.getAttribute('scope')).to.equal('row');
    expect(root.querySelector('time')!.dateTime).to.equal(new Date(PAID.at).toISOString());
    expect(text(root.querySelector('#intro'))).to.contain('not kept');
  });

  it('has words for each kind: of one, of many, and of an unknown number', async () => {
    const { root } = await opened(KINDS.flatMap((kind) => [1, 12, 0].map((items) => entry({ taskId: `${kind}-${items}`, kind, items }))));
    const words = tasks(root);
    expect(new Set(words).size).to.equal(24);
    for (let at = 0; at < 24; at += 3) {
      expect(words[at]).not.to.match(/12|log\.|[{}_]/u);
      expect(words[at + 1]).to.contain('12');
      expect(words[at + 2]).not.to.match(/\d|log\.|[{}_]/u);
    }
  });

  it('takes names, kinds and ids of strangers as nothing but text', async () => {
    const evil = '<img src=x onerror="document.body.dataset.hurt=1">\u202Eevil\u0000';
    const { root, engine } = await opened([entry({ taskId: evil, kind: evil, parties: ['stranger'], digest: evil, certificate: { escrow: evil, settlement: evil, witnesses: [evil] }, outcome: evil as 'paid' })]);
    engine.become({ top: [{ account: 'stranger', name: evil, credits: 1 }] });
    await until(() => text(root.querySelector('td.requester')).startsWith('<img'));
    root.querySelector<HTMLElement>('.open')!.click();
    await until(() => root.querySelector('.details'));
    expect(root.querySelector('img')).to.equal(null);
    expect(document.body.dataset['hurt']).to.equal(undefined);
    for (const character of ['\u202E', '\u0000']) expect(root.querySelector('table')!.textContent).not.to.contain(character);
    expect(text(root.querySelector('td.requester')).length).to.be.at.most(25);
    choose(root, 'Task', evil);
    await until(() => said(root) === 'One task');
  });

  it('shows digest and certificate when a row is opened by keyboard, and copies them', async () => {
    const { root } = await opened([PAID, entry({ taskId: 'here', role: 'local', certificate: null })]);
    const toggle = root.querySelector<HTMLElement>('.open')!;
    expect(toggle.ariaExpanded).to.equal('false');
    toggle.focus();
    await press('Enter');
    expect(toggle.ariaExpanded).to.equal('true');
    const details = root.getElementById(toggle.getAttribute('aria-controls')!)!;
    for (const value of [PAID.taskId, PAID.digest, PAID.parties[0]!, 'escrow-of-it', 'settlement-of-it', 'witness-1', 'witness-2']) expect(text(details)).to.contain(value);
    expect(text(details)).to.contain('signed by the witnesses');
    const copied: string[] = [];
    const { writeText } = navigator.clipboard;
    navigator.clipboard.writeText = async (words) => void copied.push(words);
    try {
      await press('Tab', 'Tab', 'Enter');
      expect(copied).to.deep.equal([PAID.digest]);
      expect((root.activeElement as HTMLElement).ariaLabel).to.equal('Copy: Digest of the result');
      await until(() => said(root) === 'Copied.');
      navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
      await press('Enter');
      await until(() => said(root).startsWith('Selected'));
    } finally {
      navigator.clipboard.writeText = writeText;
    }
    toggle.click();
    expect(root.querySelector('.details')).to.equal(null);
    root.querySelectorAll<HTMLElement>('.open')[1]!.click();
    expect(text(root.querySelector('.details'))).to.contain('did not pass through the network');
  });

  it('is filtered by side, task, outcome and text, and says how many are left', async () => {
    const { root } = await opened(many(16));
    choose(root, 'Side', 'bought');
    expect(tasks(root)).to.have.length(8);
    expect(said(root)).to.equal('8 tasks');
    choose(root, 'Task', 'compression');
    expect(tasks(root)).to.have.length(0);
    expect(text(root.querySelector('.note'))).to.contain('Nothing here fits the filter.');
    button(root, 'Show all').click();
    expect(tasks(root)).to.have.length(16);
    choose(root, 'Task', 'compression');
    expect(tasks(root)).to.deep.equal(['Compressed 6 vectors', 'Compressed 14 vectors']);
    choose(root, 'Task', '');
    choose(root, 'Outcome', 'paid');
    expect(tasks(root)).to.have.length(8);
    choose(root, 'Search', ' TASK-12');
    expect(tasks(root)).to.have.length(1);
  });

  it('shows 500 entries by fifties', async () => {
    const { root } = await opened(many(500));
    expect(tasks(root)).to.have.length(50);
    expect(text(root.querySelector('[part=count]'))).to.equal('1–50 of 500');
    expect(button(root, 'Newer').ariaDisabled).to.equal('true');
    button(root, 'Older').focus();
    await press('Enter', 'Enter', 'Enter', 'Enter', 'Enter', 'Enter', 'Enter', 'Enter', 'Enter');
    expect(text(root.querySelector('[part=count]'))).to.equal('451–500 of 500');
    expect(button(root, 'Older').ariaDisabled).to.equal('true');
    choose(root, 'Side', 'worked');
    expect(text(root.querySelector('[part=count]'))).to.equal('1–50 of 250');
  });

  it('exports what is listed, and nothing of what was in the tasks', async () => {
    const secret = { ...PAID, payload: { texts: ['SECRET'] }, output: 'SECRET' };
    const { root } = await opened([secret, ...many(3)]);
    choose(root, 'Side', 'worked');
    let file: Promise<string> | undefined;
    let name = '';
    const { createObjectURL } = URL;
    const { click } = HTMLAnchorElement.prototype;
    URL.createObjectURL = (blob: Blob) => ((file = blob.text()), 'blob:kept');
    HTMLAnchorElement.prototype.click = function () {
      name = this.download;
    };
    try {
      button(root, 'Export JSON').click();
    } finally {
      URL.createObjectURL = createObjectURL;
      HTMLAnchorElement.prototype.click = click;
    }
    const exported = await file!;
    expect(exported).not.to.contain('SECRET');
    const day = new Date(time.now()).toISOString().slice(0, 10);
    expect(name).to.equal(`edge-net-log-${day}.json`);
    expect(said(root)).to.contain(name);
    const { tasks: listed, account } = JSON.parse(exported) as { tasks: HistoryEntry[]; account: string };
    expect(account).to.equal('node-of-this-page');
    expect(listed).to.deep.equal([PAID, ...many(3).filter(({ role }) => role === 'worker')]);
  });

  it('is cleared only by who confirms it, by keyboard', async () => {
    const { root, engine } = await opened([entry({ taskId: 'running', outcome: 'running' }), ...many(3)]);
    button(root, 'Clear…').focus();
    await press('Enter');
    expect(text(root.activeElement)).to.equal('Keep it');
    await press('Escape');
    expect(text(root.activeElement)).to.equal('Clear…');
    expect(engine.calls).not.to.include('clearHistory');
    await press('Enter', 'Tab', 'Enter');
    await until(() => tasks(root).length === 1);
    expect(engine.calls).to.include('clearHistory');
    expect(said(root)).to.equal('The list was deleted.');
    await until(() => text(root.activeElement) === 'Clear…');
  });

  it('says so when it could not be cleared', async () => {
    const { root, engine } = await opened(many(3));
    engine.clearHistory = () => Promise.reject(new EdgeNetError('storage-blocked', 'The storage is blocked.'));
    button(root, 'Clear…').click();
    button(root, 'Delete the list').click();
    await until(() => said(root) === 'The storage is blocked.');
    expect(tasks(root)).to.have.length(3);
  });

  it('follows what happens: a task begins on top, and its line changes when it ends', async () => {
    const { root, engine } = await opened([PAID]);
    engine.emit({ type: 'task', entry: entry({ taskId: 'new', kind: 'encryption', items: 0, outcome: 'running', credits: 0 }) });
    expect(tasks(root)).to.deep.equal(['Encrypted or decrypted data', 'Turned 20 texts into vectors']);
    engine.emit({ type: 'task', entry: entry({ taskId: 'new', kind: 'encryption', items: 0, outcome: 'paid', credits: 2 }) });
    expect(tasks(root)).to.have.length(2);
    expect(text(root.querySelector('td.outcome'))).to.equal('Paid');
    expect(text(root.querySelector('td.credits'))).to.equal('+2');
  });

  it('has words where there is nothing to list: no node, no consent, no entry yet, offline', async () => {
    const alone = addLog().shadowRoot!;
    await until(() => text(alone.querySelector('.note')).startsWith('There is no node'));
    await accessible(alone.host);
    const node = addNode({ prompt: 'manual' });
    await until(() => text(alone.querySelector('.note')).startsWith('Nothing runs here now.'));
    await accessible(alone.host);
    button(alone, 'Contribute…').click();
    await until(() => node.shadowRoot!.querySelector('[role=dialog]'));
    reset();
    const { root, engine } = await opened([]);
    expect(text(root.querySelector('.note'))).to.equal('Nothing has run yet. No one needs work now.');
    engine.become({ status: 'offline' });
    await until(() => text(root.querySelector('.note')).startsWith('Offline.'));
    await accessible(root.host);
  });

  it('tells that it is being read, why it could not be, and tries again', async () => {
    const { engine } = await contributing();
    let fail: (error: Error) => void = () => {};
    engine.history = () => new Promise((_, reject) => (fail = reject));
    const root = addLog().shadowRoot!;
    await until(() => text(root.querySelector('.note')) === 'Reading the log…');
    await accessible(root.host);
    fail(new EdgeNetError('storage-corrupt', 'It is damaged.'));
    await until(() => text(root.querySelector('.note')).startsWith('The log could not be read: It is damaged.'));
    await accessible(root.host);
    engine.history = async () => [PAID];
    button(root, 'Try again').click();
    await until(() => tasks(root).length === 1);
  });

  it('shows nothing any more of what the visitor had forgotten', async () => {
    const { root, node } = await opened([PAID]);
    await node.forget();
    await until(() => !root.querySelector('table'));
    expect(text(root.querySelector('.note'))).to.contain('Nothing runs here now.');
  });

  it('starts anew where it is put back, and listens no more while it is away', async () => {
    const { root, log, engine } = await opened([PAID]);
    log.remove();
    answers.history = [PAID, entry({ taskId: 't2' })];
    await settled();
    engine.emit({ type: 'task', entry: entry({ taskId: 't3' }) });
    document.body.append(log);
    await until(() => tasks(root).length === 2);
  });

  for (const [lang, dir, heading, words] of [
    ['de', 'ltr', 'Was auf diesem Computer lief', '20 Texte in Vektoren umgewandelt'],
    ['ar', 'rtl', 'ما نُفِّذ على هذا الحاسوب', 'حُوِّل 20 نصًا إلى متجهات'],
  ] as const) {
    it(`speaks ${lang}`, async () => {
      document.documentElement.lang = lang;
      try {
        const { root } = await opened([PAID, ...many(9)]);
        expect(text(root.querySelector('h2'))).to.equal(heading);
        expect(tasks(root)[0]!.replaceAll(/[\u0660-\u0669]/gu, (digit) => String(digit.charCodeAt(0) - 0x660))).to.equal(words);
        expect(getComputedStyle(root.querySelector('section')!).direction).to.equal(dir);
        expect(root.textContent).not.to.match(/log\.[a-z]|[{}]/u);
        await accessible(root.host);
      } finally {
        document.documentElement.lang = '';
      }
    });
  }

  it('takes words of the page, by their keys, as text', async () => {
    const { root, log } = await opened([PAID]);
    log.messages = { 'log.heading': 'Our log', 'log.outcome.paid': '<b id="hurt">Paid</b>' };
    await until(() => text(root.querySelector('h2')) === 'Our log');
    expect(root.querySelector('#hurt')).to.equal(null);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [320, 1_000]) {
      it(`has nothing for axe to find in ${colorScheme}, ${width} wide, and does not overflow`, async () => {
        await setViewport({ width, height: 800 });
        document.documentElement.style.colorScheme = colorScheme;
        document.body.style.background = colorScheme === 'dark' ? '#000' : '#fff';
        try {
          const { root } = await opened(many(60));
          root.querySelector<HTMLElement>('.open')!.click();
          button(root, 'Clear…').click();
          await accessible(root.host);
          expect(document.documentElement.scrollWidth).to.be.at.most(width);
          // Cards or not, it stays a table to a screen reader.
          expect(root.querySelector('tbody')!.getAttribute('role')).to.equal('rowgroup');
          for (const control of root.querySelectorAll('button, select, input')) expect(control.getBoundingClientRect().height).to.be.at.least(24);
        } finally {
          document.documentElement.style.colorScheme = document.body.style.background = '';
          await setViewport({ width: 800, height: 600 });
        }
      });
    }
  }
});
