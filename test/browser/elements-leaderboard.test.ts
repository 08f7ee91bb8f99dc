import { expect } from '@open-wc/testing';
import { emulateMedia, sendKeys } from './driver.js';
import { accessible } from './doubles/axe.js';
import { answers } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import { contributing, reset, until } from './doubles/page.js';
import { drawn, text, words } from './doubles/reading.js';

const top = (members: number) => Array.from({ length: members }, (_, at) => ({ account: `account-number-${at}`, name: '', credits: 100 - at }));

function addBoard(attributes: Record<string, string> = {}) {
  const board = document.createElement('edge-net-leaderboard');
  for (const [name, value] of Object.entries(attributes)) board.setAttribute(name, value);
  return document.body.appendChild(board);
}

async function ranked(attributes: Record<string, string> = {}, place = 2) {
  const { node, engine } = await contributing();
  const board = addBoard(attributes);
  const own = { account: engine.state.nodeId, name: engine.state.name, credits: 98.5 };
  engine.become({ top: [...top(7).slice(0, place), own, ...top(7).slice(place)] });
  const root = await drawn(board);
  await until(() => root.querySelector('li'));
  return { node, engine, board, root, rows: () => [...root.querySelectorAll('li')] };
}

describe('the leaderboard', () => {
  beforeEach(() => {
    reset();
    answers.namesTaken.clear();
  });
  afterEach(() => document.documentElement.removeAttribute('lang'));
  after(() => emulateMedia({ colorScheme: 'light' }));

  it('ranks the top accounts, marks this node, and keeps to its limit', async () => {
    const { rows } = await ranked({ limit: '6' });
    expect(rows().map(words).slice(0, 3)).to.deep.equal(['accoun…er-0 100', 'accoun…er-1 99', 'node-o…page (you) 98.5']);
    expect(rows().map(({ value }) => value)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(rows().map(({ ariaCurrent }) => ariaCurrent)).to.deep.equal([null, null, 'true', null, null, null]);
  });

  it('shows this node below where it is not among the first', async () => {
    const { rows } = await ranked({ limit: '3' }, 6);
    expect(rows().map(({ value }) => value)).to.deep.equal([1, 2, 3, 7]);
    expect(words(rows()[3]!)).to.equal('node-o…page (you) 98.5');
  });

  it('says where this node has no rank yet', async () => {
    const { engine } = await contributing();
    const root = await drawn(addBoard());
    engine.become({ top: top(6) });
    await until(() => root.querySelector('.self'));
    expect(text(root, '.self')).to.equal('You not ranked yet');
  });

  it('names those who wanted a name', async () => {
    const { engine } = await contributing();
    const root = await drawn(addBoard());
    engine.become({ top: top(6).map((member, at) => (at === 1 ? { ...member, name: 'ada' } : member)) });
    await until(() => root.querySelector('li'));
    expect([...root.querySelectorAll('li')].map(words).slice(0, 2)).to.deep.equal(['accoun…er-0 100', 'ada 99']);
    expect(root.querySelectorAll('bdi')[1]!.title, 'the whole key').to.equal('account-number-1');
  });

  it('ranks nobody among fewer than five, and says why', async () => {
    const { engine } = await contributing();
    const root = await drawn(addBoard());
    engine.become({ top: top(4) });
    await until(() => words(root.querySelector('.card')!).includes('Too few to rank'));
    expect(text(root, '.why')).to.contain('starts with five members');
    expect(root.querySelector('ol')).to.equal(null);
  });

  it('says what is missing before it is connected, and without a node', async () => {
    const board = addBoard();
    const root = await drawn(board);
    expect(text(root, '[part=empty]')).to.equal('No node on this page');
    const { engine } = await contributing();
    await until(() => text(root, '[part=empty]') === 'No ranking yet');
    engine.become({ status: 'offline' });
    await until(() => text(root, '.why') === 'There is no connection. The ranking comes when it is back.');
    await accessible(board);
  });

  it('registers a name by the keyboard, and says that it is public for good', async () => {
    const { engine, root, board } = await ranked();
    root.querySelector<HTMLElement>('.name summary')!.focus();
    await sendKeys({ press: 'Enter' });
    expect(text(root, '#rule')).to.contain('keeps it for good');
    await sendKeys({ press: 'Tab' });
    const input = root.querySelector('input')!;
    expect([root.activeElement, input.labels![0]!.textContent]).to.deep.equal([input, 'Show me as']);
    await sendKeys({ type: 'no spaces' });
    await sendKeys({ press: 'Enter' });
    await until(() => text(root, '#outcome').startsWith('1 to 40'));
    expect([input.ariaInvalid, engine.calls.some((call) => call.startsWith('registerName'))]).to.deep.equal(['true', false]);
    await accessible(board);
    input.value = 'Ada.L';
    await sendKeys({ press: 'Enter' });
    await until(() => text(root, '#outcome') === 'You are now shown as ada.l.');
    expect(engine.calls).to.include('registerName ada.l');
    expect(text(root, '.name summary')).to.equal('Shown as ada.l. Change…');
    expect(input.hasAttribute('aria-invalid')).to.equal(false);
  });

  it('says that a name is taken, or what else went wrong', async () => {
    const { node, root } = await ranked();
    answers.namesTaken.add('ada');
    const input = root.querySelector('input')!;
    const submit = () => root.querySelector('form')!.requestSubmit();
    input.value = 'ada';
    submit();
    await until(() => text(root, '#outcome') === 'This name is taken. Choose another one.');
    node.registerName = () => Promise.reject(new Error('technical'));
    submit();
    await until(() => text(root, '#outcome') === 'The name could not be registered. Try again in a while.');
    expect(text(root, '.name details p')).to.equal('technical');
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no barrier, ${colorScheme}, and speaks Arabic`, async () => {
      await emulateMedia({ colorScheme });
      const { board, root, node } = await ranked({ theme: colorScheme });
      root.querySelector<HTMLElement>('.name summary')!.click();
      await accessible(board);
      board.lang = 'ar';
      await until(() => text(root, 'h2') === 'الأكثر كسبًا');
      expect(getComputedStyle(root.querySelector('.card')!).direction).to.equal('rtl');
      expect(words(root.querySelector('.card')!)).not.to.match(/leaderboard\.|status\.|undefined/u);
      await accessible(board);
      node.remove();
    });
  }
});
