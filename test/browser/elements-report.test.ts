import { expect } from '@open-wc/testing';
import type { EdgeNetError } from '../../src/engine/index.js';
import { answers, engines } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import { addNode, contributing, engineAt, reset } from './doubles/page.js';

const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'resolved', ({ code }: EdgeNetError) => code);

describe('what the records say', () => {
  beforeEach(reset);
  afterEach(() => answers.namesTaken.clear());

  it('is told without consent, of the node\'s own site unless another is named', async () => {
    const node = addNode({ 'site-id': 'shop.example' });
    const { site, range, totals } = await node.report();
    expect([site, range, totals]).to.deep.equal(['shop.example', '24h', answers.report.totals]);
    expect((await engineAt(0)).config.contribute).to.equal(false);
    await node.report({ range: '30d', site: '' });
    expect(engines[0]!.calls.filter((call) => call.startsWith('report')).map((call) => JSON.parse(call.slice(7)) as unknown)).to.deep.equal([
      { range: '24h', site: 'shop.example' }, { range: '30d', site: '' },
    ]);
  });

  it('is refused where no network is set', async () => {
    const node = document.createElement('edge-net-node');
    document.body.append(node);
    expect(await codeOf(node.report())).to.equal('config-invalid');
  });
});

describe('a name', () => {
  beforeEach(reset);
  afterEach(() => answers.namesTaken.clear());

  it('is registered for the lasting account, and seen in the state', async () => {
    const { node } = await contributing();
    expect(await node.registerName('mine.example')).to.equal('name mine.example');
    expect(node.state.name).to.equal('mine.example');
    answers.namesTaken.add('yours.example');
    expect(await codeOf(node.registerName('yours.example'))).to.equal('bad-input');
  });

  it('asks for consent first', async () => {
    expect(await codeOf(addNode().registerName('mine.example'))).to.equal('consent-missing');
    expect(engines).to.have.length(0);
  });
});
