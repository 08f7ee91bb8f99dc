import { expect } from '@open-wc/testing';
import { sendKeys, setViewport } from './driver.js';
import 'axe-core';
import { EdgeNetError, type Quote, type Task, type TaskResult } from '../../src/engine/index.js';
import { ERROR_CODES } from '../../src/engine/core/code.js';
import { engines, hub, time, type EngineDouble } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import type { EdgeNetTask } from '../../src/elements/edge-net.js';
import { addNode, contributing, engineAt, once, reset, settled, until } from './doubles/page.js';

declare const axe: { run(context: Element, options?: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };

const PAUSE_MS = 300;
const FORM = '<label>Texts <textarea name="texts" data-type="lines">one\n two \n\n</textarea></label> <label>Model <select name="model"><option>use-lite</option></select></label>';
const DONE: TaskResult = { taskId: 'AAAAbbbbCCCCddddEEEE12', cost: 2, workers: ['worker-one-0123456789', 'worker-two-0123456789'], verified: true, embeddings: [[0.5, -0.25], [1, 0]], dims: 2 };

interface Opened {
  readonly task: EdgeNetTask;
  readonly root: ShadowRoot;
  readonly engine: EngineDouble;
}

function addTask(attributes: Record<string, string> = {}, inner = FORM): EdgeNetTask {
  const task = document.createElement('edge-net-task');
  for (const [name, value] of Object.entries({ type: 'embedding', ...attributes })) task.setAttribute(name, value);
  task.innerHTML = inner;
  document.body.append(task);
  return task;
}

/** The element beside a node that contributes, with its price. */
async function opened(attributes: Record<string, string> = {}, inner = FORM, ofNode: Record<string, string> = {}): Promise<Opened> {
  const { engine } = await contributing(ofNode);
  const task = addTask(attributes, inner);
  const root = task.shadowRoot!;
  await until(() => text(root, '.price').startsWith('Working out'));
  time.pass(0);
  await until(() => !text(root, '.price').startsWith('Working out'));
  return { task, root, engine };
}

/** The task that was submitted at that place. */
const submitted = (engine: EngineDouble, at = 0) => until(() => engine.submissions[at]);

const text = (root: ParentNode, selector: string): string => root.querySelector(selector)?.textContent?.replaceAll(/\s+/gu, ' ').trim() ?? '';

function button(root: ParentNode, words: string): HTMLButtonElement | undefined {
  return [...root.querySelectorAll('button')].find((candidate) => candidate.textContent!.trim() === words || candidate.ariaLabel === words);
}

async function run(root: ShadowRoot, engine: EngineDouble): Promise<EngineDouble['submissions'][number]> {
  const at = engine.submissions.length;
  root.querySelector<HTMLElement>('.run')!.click();
  return submitted(engine, at);
}

async function shown(result: Record<string, unknown>, type = 'embedding'): Promise<Opened> {
  const page = await opened({ type }, '');
  (await run(page.root, page.engine)).resolve({ ...DONE, embeddings: undefined, dims: undefined, ...result });
  await until(() => page.root.querySelector('.result'));
  return page;
}

async function accessible(element: Element): Promise<void> {
  const { violations } = await axe.run(element, { rules: { region: { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html + (node.failureSummary ?? '')).join(' ')}`)).to.deep.equal([]);
}

describe('a task on the page', () => {
  beforeEach(reset);

  it('tells its price before, by the terms of its attributes', async () => {
    const { root, engine, task } = await opened({ priority: 'high', redundancy: '2' });
    expect(text(root, '.price')).to.equal('Price: 2 credits, for 2 workers whose results are compared.');
    const asked: Task[] = [];
    engine.quote = (async (wanted: Task) => (asked.push(wanted), { cost: 0.5, perReplica: 0.5, redundancy: 1, fuel: 1 })) as () => Promise<Quote>;
    task.redundancy = 1;
    await until(() => (time.pass(0), asked.length === 1));
    await until(() => text(root, '.price') === 'Price: 0.5 credits, for one worker.');
    expect(asked).to.deep.equal([{ type: 'embedding', payload: { texts: ['one', 'two'], model: 'use-lite' }, options: { priority: 'high', redundancy: 1 } }]);
  });

  it('prices anew when the page sets another payload', async () => {
    const { root, engine, task } = await opened({}, '');
    const asked: unknown[] = [];
    engine.quote = (async ({ payload }: Task) => (asked.push(payload), { cost: 7, perReplica: 3.5, redundancy: 2, fuel: 1 })) as () => Promise<Quote>;
    task.payload = { texts: ['of the page'] };
    await until(() => (time.pass(0), text(root, '.price').startsWith('Price: 7 credits')));
    expect(asked).to.deep.equal([{ texts: ['of the page'] }]);
  });

  it('prices anew a moment after the last key, once', async () => {
    const { root, engine, task } = await opened();
    let asked = 0;
    engine.quote = async () => (asked++, { cost: 3, perReplica: 1.5, redundancy: 2, fuel: 1 });
    const area = task.querySelector('textarea')!;
    area.focus();
    await sendKeys({ type: 'more' });
    time.pass(PAUSE_MS - 1);
    await settled();
    expect(asked).to.equal(0);
    expect(text(root, '.price')).to.contain('2 credits');
    time.pass(1);
    await until(() => text(root, '.price').startsWith('Price: 3 credits'));
    expect(asked).to.equal(1);
  });

  it('connects to nothing for a price that nobody asked for', async () => {
    addNode({ prompt: 'manual' });
    const task = addTask();
    const root = task.shadowRoot!;
    await until(() => button(root, 'Show the price'));
    await settled();
    expect(engines).to.have.length(0);
    button(root, 'Show the price')!.click();
    time.pass(0);
    expect((await engineAt(0)).config.contribute).to.equal(false);
    await until(() => text(root, '.price').startsWith('Price: 2 credits'));
  });

  it('says why there is no price: fields to fill in, JSON that is none, what the engine refuses', async () => {
    const { root, engine, task } = await opened({}, '<input name="texts" data-type="json" aria-label="Texts">');
    expect(text(root, '.price')).to.equal('The price follows when the fields are filled in.');
    const input = task.querySelector('input')!;
    const enter = async (value: string) => {
      input.value = value;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      time.pass(PAUSE_MS);
    };
    await enter('[oops');
    await until(() => text(root, '.price').includes('in the field texts is not valid JSON'));
    engine.quote = () => Promise.reject(new EdgeNetError('bad-input', '`texts` must be strings.'));
    await enter('[1]');
    await until(() => text(root, '.price') === 'There is no price yet: `texts` must be strings.');
    await accessible(task);
  });

  it('does not run what would cost more than it may, and says when the account has not enough', async () => {
    const { root, engine, task } = await opened({ 'max-credits': '1' });
    await until(() => text(root, '.price').includes('more than the limit of 1 credit.'));
    expect(root.querySelector('.run')!.ariaDisabled).to.equal('true');
    root.querySelector<HTMLElement>('.run')!.click();
    await settled();
    expect(engine.submissions).to.have.length(0);
    task.maxCredits = 5;
    await until(() => root.querySelector('.run')!.ariaDisabled === 'false');
    engine.become({ stats: { ...engine.state.stats, credits: 0.5 } });
    await until(() => text(root, '.price').includes('only 0.5 credits: this page would do it itself'));
    // A first grant, or the site, may pay for an account that has nothing yet.
    engine.become({ stats: { ...engine.state.stats, credits: 0 } });
    await until(() => text(root, '.price') === 'Price: 2 credits, for 2 workers whose results are compared.');
    engine.become({ reasons: ['no-credits'] });
    await until(() => text(root, '.price').includes('only 0 credits'));
    expect((await run(root, engine)).task.options).to.include({ maxCredits: 5 });
  });

  it('costs nothing where the page does it itself', async () => {
    await contributing({ local: 'only' });
    const { shadowRoot } = addTask();
    await until(() => text(shadowRoot!, '.price') === 'This page does it itself, at no cost.');
  });

  it('takes its payload from a script, the property and controls, the later before the earlier', async () => {
    const { root, engine, task } = await opened({ type: 'vector_search' }, `
      <script type="application/json" slot="payload">{"k": 1, "vectors": [[1]], "metric": "ip"}</script>
      <label>Query <input name="query" data-type="json" value="[[0.5]]"></label>
      <label>K <input name="k" type="number" value="3"></label>
      <label>Id <input name="ids" data-optional></label>
      <label>Exact <input type="checkbox" name="exact" checked></label>
      <label>File <input type="file" name="file" data-optional></label>`);
    task.payload = { vectors: [[2]], k: 2 };
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array([1, 2])], 'x.bin'));
    task.querySelector<HTMLInputElement>('[type=file]')!.files = files.files;
    const { task: sent } = await run(root, engine);
    expect(sent.payload).to.deep.equal({ metric: 'ip', vectors: [[2]], k: 3, query: [[0.5]], exact: true, file: new Uint8Array([1, 2]) });
    expect(sent.type).to.equal('vector_search');
  });

  it('is asked for by Enter in a form of the page, and not with a field that is invalid', async () => {
    const { engine, task } = await opened({}, '<form><input name="texts" data-type="lines" required aria-label="Texts"></form>');
    task.querySelector('input')!.focus();
    await sendKeys({ press: 'Enter' });
    await settled();
    expect(engine.submissions).to.have.length(0);
    await sendKeys({ type: 'hello' });
    await sendKeys({ press: 'Enter' });
    expect((await submitted(engine)).task.payload).to.deep.equal({ texts: ['hello'] });
  });

  it('goes by keyboard alone from price to proof, and tells each step', async () => {
    const { root, engine, task } = await opened();
    const done = once(task, 'edge-net-task-done');
    task.querySelector('select')!.focus();
    await sendKeys({ press: 'Tab' });
    expect(text(root.activeElement!.parentElement!, '.run')).to.equal('Run');
    await sendKeys({ press: 'Enter' });
    const { task: sent, resolve } = await submitted(engine);
    const steps: string[] = [];
    for (const phase of ['accepted', 'running', 'results', 'embed', 'model', 'something-new']) {
      sent.options!.onProgress!({ taskId: 't', phase, loaded: phase === 'running' ? 40 : 0, total: phase === 'running' ? 100 : 0 });
      steps.push(await until(() => text(root, '[role=status]') !== steps.at(-1) && text(root, '[role=status]')));
      const bar = root.querySelector('progress')!;
      expect(bar.ariaLabel).to.equal('Progress of the task');
      expect(bar.hasAttribute('value') || bar.position >= 0).to.equal(phase === 'running');
    }
    expect(new Set(steps).size).to.equal(6);
    expect(steps.join()).not.to.match(/task\.|undefined/u);
    // Run holds the focus, and does nothing a second time.
    await sendKeys({ press: 'Enter' });
    expect(engine.submissions).to.have.length(1);
    time.pass(1_840);
    resolve(DONE);
    expect((await done).detail.taskId).to.equal(DONE.taskId);
    await until(() => text(root, '[role=status]') === 'Done in 1.8 s.');
    expect(text(root, '.run')).to.equal('Run again');
    expect(root.activeElement!.classList.contains('run')).to.equal(true);
    expect(root.querySelector('progress')).to.equal(null);
  });

  it('is cancelled by its button, through its signal', async () => {
    const { root, engine, task } = await opened();
    const failed = once(task, 'edge-net-task-failed');
    const { task: sent, reject } = await run(root, engine);
    (await until(() => button(root, 'Cancel'))).focus();
    await sendKeys({ press: 'Enter' });
    expect(sent.options!.signal!.aborted).to.equal(true);
    reject(new EdgeNetError('aborted', 'aborted'));
    expect(((await failed).detail as EdgeNetError).code).to.equal('aborted');
    await until(() => text(root, '[role=status]').startsWith('Cancelled.'));
    expect(root.querySelector('[part=error]')).to.equal(null);
    expect(button(root, 'Cancel')).to.equal(undefined);
    expect(root.activeElement?.classList.contains('run')).to.equal(true);
  });

  it('proves what was done: workers, whether it was verified, cost against quote, id', async () => {
    const { root, engine } = await opened();
    (await run(root, engine)).resolve(DONE);
    await until(() => root.querySelector('.proof'));
    const proof = () => text(root, '.proof');
    expect(proof()).to.contain('Verified').and.to.contain('2 workers did it independently').and.to.contain('2 credits, as quoted').and.to.contain(DONE.taskId).and.to.contain('worker…6789');
    (await run(root, engine)).resolve({ ...DONE, verified: false, workers: ['worker-one-0123456789'], cost: 1 });
    await until(() => proof().includes('Not verified'));
    expect(proof()).to.contain('1 credit; the quote was 2 credits');
    (await run(root, engine)).resolve({ ...DONE, verified: false, workers: ['local'], cost: 0 });
    await until(() => proof().includes('Done by this page'));
    expect(proof()).to.contain('nothing was paid').and.to.contain('0 credits').and.not.to.contain('quote');
  });

  it('shows vectors, matches, bytes and numbers so that they can be read', async () => {
    const vectors = await shown({ embeddings: Array.from({ length: 5 }, () => Array.from({ length: 384 }, () => 0.125)), dims: 384 });
    expect(text(vectors.root, '.fields')).to.contain('5 vectors of 384 dimensions').and.to.contain('0.125').and.to.contain('and 2 more, in the JSON');
    expect(vectors.root.querySelectorAll('.fields li')).to.have.length(3);
    reset();
    const matches = await shown({ matches: [[{ id: 7, score: 0.98765 }, { id: 'b', score: 0.5 }], [{ id: 'c', score: -0.25 }]] }, 'vector_search');
    expect([...matches.root.querySelectorAll('.fields :is(h4, li)')].map((line) => line.textContent!.replaceAll(/\s+/gu, ' ').trim())).to.deep.equal(
      ['Query 1: 2 matches', '7 score 0.9877', 'b score 0.5', 'Query 2: One match', 'c score -0.25'],
    );
    reset();
    const bytes = await shown({ data: new Uint8Array(4_096), iv: new Uint8Array(12) }, 'encryption');
    expect(text(bytes.root, '.fields')).to.contain('4 KB').and.to.contain('12 B');
    expect(button(bytes.root, 'Download data')).not.to.equal(undefined);
    reset();
    const numbers = await shown({ spikeCounts: new Uint32Array([3, 0, 1]), note: 'plain' }, 'neural_inference');
    expect(text(numbers.root, '.fields')).to.contain('3 numbers: 3 0 1').and.to.contain('plain');
  });

  it('gives it all as JSON, bytes as base64, by name', async () => {
    const { root } = await shown({ data: new Uint8Array([255, 0, 1]), ratios: new Float32Array([0.5]) }, 'compression');
    expect(JSON.parse(root.querySelector('pre')!.textContent!)).to.deep.equal({ taskId: DONE.taskId, cost: 2, workers: DONE.workers, verified: true, data: '/wAB', ratios: [0.5] });
    let name = '';
    const { click } = HTMLAnchorElement.prototype;
    HTMLAnchorElement.prototype.click = function () {
      name = this.download;
    };
    try {
      root.querySelector('details')!.open = true;
      button(root.querySelector('details')!, 'Download')!.click();
      expect(name).to.equal('edge-net-compression.json');
      button(root, 'Download data')!.click();
      expect(name).to.equal('edge-net-compression-data.bin');
    } finally {
      HTMLAnchorElement.prototype.click = click;
    }
  });

  it('leaves the result to the page that fills its slot', async () => {
    const { root, engine, task } = await opened();
    task.addEventListener('edge-net-task-done', ({ detail }) => {
      const own = Object.assign(document.createElement('p'), { slot: 'result', textContent: `${detail['dims']} of our own` });
      task.append(own);
    });
    (await run(root, engine)).resolve(DONE);
    const slot = await until(() => root.querySelector<HTMLSlotElement>('slot[name=result]'));
    await until(() => slot.assignedElements().length);
    expect(slot.assignedElements()[0]!.textContent).to.equal('2 of our own');
    expect(root.querySelector('.fields')!.checkVisibility()).to.equal(false);
  });

  it('takes what strangers send as nothing but text', async () => {
    const evil = '<img src=x onerror="document.body.dataset.hurt=1">\u202E';
    const { root } = await shown({ taskId: evil, workers: [evil, evil], matches: [[{ id: evil, score: 1 }]], [evil]: evil }, evil);
    expect(root.querySelector('img')).to.equal(null);
    expect(document.body.dataset['hurt']).to.equal(undefined);
    expect(text(root, '.fields')).to.contain('<img').and.not.to.contain('\u202E');
    expect(text(root, '.proof')).not.to.contain('\u202E');
    const broken = await run(root, engines[0]!);
    broken.reject(new EdgeNetError('kernel-failed', evil));
    await until(() => text(root, '.message').startsWith('<img'));
    expect(root.querySelector('img')).to.equal(null);
  });

  it('says of every code what it means to a visitor, with the code, its page, and a retry where one may help', async () => {
    const { root, engine, task } = await opened();
    const meanings = new Set<string>();
    for (const code of ERROR_CODES.filter((other) => other !== 'aborted')) {
      const error = new EdgeNetError(code, `Message of ${code}.`);
      (await run(root, engine)).reject(error);
      await until(() => text(root, '.message') === error.message);
      const meaning = text(root, '.failure p');
      meanings.add(meaning);
      expect(meaning, code).not.to.match(/task\.|undefined|^$/u);
      expect(text(root, '[role=status]')).to.equal(`It did not work: ${meaning}`);
      const link = root.querySelector<HTMLAnchorElement>('.failure a')!;
      expect(link.href).to.equal(error.docs);
      expect(link.textContent).to.equal(`About ${code}`);
      expect(button(root, 'Try again') !== undefined, code).to.equal(error.retryable);
    }
    expect(meanings.size).to.be.at.least(15);
    await accessible(task);
  });

  it('is tried again by the button that says so, and says when', async () => {
    const { root, engine } = await opened();
    (await run(root, engine)).reject(new EdgeNetError('rate-limited', 'Slow down.', { retryAfterMs: 4_200 }));
    const retry = await until(() => button(root, 'Try again'));
    expect(text(root, '.failure')).to.contain('Best in 5 seconds.');
    retry.focus();
    await sendKeys({ press: 'Enter' });
    (await submitted(engine, 1)).resolve(DONE);
    await until(() => root.querySelector('.proof'));
    expect(root.querySelector('.failure')).to.equal(null);
    expect(root.activeElement!.classList.contains('run')).to.equal(true);
  });

  it('works without consent to contribute, in a session', async () => {
    addNode({ prompt: 'manual' });
    const root = addTask().shadowRoot!;
    await until(() => root.querySelector('.run')?.ariaDisabled === 'false');
    root.querySelector<HTMLElement>('.run')!.click();
    const engine = await engineAt(0);
    expect(engine.config.contribute).to.equal(false);
    (await submitted(engine)).resolve(DONE);
    await until(() => root.querySelector('.proof'));
    expect(hub.visitor.answer).to.equal(undefined);
    expect(localStorage).to.have.length(0);
  });

  it('says so where there is no node, and offers nothing to press', async () => {
    const task = addTask();
    const root = task.shadowRoot!;
    await until(() => text(root, '.price') === 'There is no node on this page that could run it.');
    expect(root.querySelector('.run')!.ariaDisabled).to.equal('true');
    await accessible(task);
  });

  it('goes on with what was bought while it is out of the document, and shows it when it is back', async () => {
    const { root, engine, task } = await opened();
    const { resolve } = await run(root, engine);
    task.remove();
    await settled();
    resolve(DONE);
    await settled();
    document.body.append(task);
    await until(() => root.querySelector('.proof'));
  });

  it('comes back with its page: a task that was under way goes on under the same id', async () => {
    const { root, engine } = await opened();
    const { task: before } = await run(root, engine);
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    expect(engine.closed).to.equal(true);
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    const again = await submitted(await engineAt(1));
    expect(again.task.options!.taskId).to.equal(before.options!.taskId);
    again.resolve(DONE);
    await until(() => root.querySelector('.proof'));
    expect(root.querySelector('.failure')).to.equal(null);
  });

  it('tells that there is no connection', async () => {
    const { root, engine, task } = await opened();
    engine.become({ status: 'offline' });
    await until(() => text(root, '.price').includes('No connection'));
    await accessible(task);
  });

  for (const [lang, dir, words] of [['de', 'ltr', 'Texte in Vektoren umwandeln'], ['ar', 'rtl', 'تحويل نصوص إلى متجهات']] as const) {
    it(`speaks ${lang}`, async () => {
      document.documentElement.lang = lang;
      try {
        const { engine } = await contributing();
        const task = addTask();
        const root = task.shadowRoot!;
        await until(() => text(root, 'h2') === words);
        (await run(root, engine)).resolve(DONE);
        await until(() => root.querySelector('.proof'));
        (await run(root, engine)).reject(new EdgeNetError('no-workers', 'nobody'));
        await until(() => root.querySelector('.failure'));
        expect(getComputedStyle(root.querySelector('section')!).direction).to.equal(dir);
        expect(root.textContent).not.to.match(/task\.[a-z]|log\.|[{}]/u);
        await accessible(task);
      } finally {
        document.documentElement.lang = '';
      }
    });
  }

  it('takes words of the page, by key and by slot, as text', async () => {
    const { root, task } = await opened({}, `${FORM}<span slot="heading">Embed these</span>`);
    task.messages = { 'task.run': '<b id="hurt">Go</b>' };
    await until(() => text(root, '.run') === '<b id="hurt">Go</b>');
    expect(root.querySelector('#hurt')).to.equal(null);
    expect(root.querySelector<HTMLSlotElement>('slot[name=heading]')!.assignedElements()[0]!.textContent).to.equal('Embed these');
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing for axe to find in ${colorScheme}, 320 wide, in any state`, async () => {
      await setViewport({ width: 320, height: 800 });
      document.documentElement.style.colorScheme = colorScheme;
      document.body.style.background = colorScheme === 'dark' ? '#000' : '#fff';
      try {
        const { root, engine, task } = await opened();
        await accessible(task);
        const { task: sent, resolve } = await run(root, engine);
        sent.options!.onProgress!({ taskId: 't', phase: 'running', loaded: 1, total: 2 });
        await until(() => root.querySelector('progress')?.value === 0.5);
        await accessible(task);
        resolve({ ...DONE, data: new Uint8Array(9), matches: [[{ id: 'x'.repeat(200), score: 1 }]] });
        (await until(() => root.querySelector('details'))).open = true;
        await accessible(task);
        expect(document.documentElement.scrollWidth).to.be.at.most(320);
        for (const control of root.querySelectorAll('button')) expect(control.getBoundingClientRect().height).to.be.at.least(24);
        (await run(root, engine)).reject(new EdgeNetError('no-consensus', 'differs'));
        await until(() => root.querySelector('.failure'));
        await accessible(task);
      } finally {
        document.documentElement.style.colorScheme = document.body.style.background = '';
        await setViewport({ width: 800, height: 600 });
      }
    });
  }
});
