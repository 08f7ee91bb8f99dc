/** What every element but the node has in common: its drawing is a chunk, which may be late or fail to come. */
import { expect } from '@open-wc/testing';
import { time } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import { type View, ViewElement, withAttributes } from '../../src/elements/shared/view-element.js';
import { addNode, contributing, reset, until } from './doubles/page.js';

class Slate extends ViewElement {
  loads = 0;
  isThere = false;
  readonly calls: string[] = [];
  #view: View = { draw: (node) => this.calls.push(node ? 'draw' : 'draw without'), rest: () => this.calls.push('rest') };

  protected async load(): Promise<{ view: () => View }> {
    this.loads++;
    if (!this.isThere) throw new TypeError('Failed to fetch dynamically imported module');
    return { view: () => this.#view };
  }
}
withAttributes(Slate, {});
customElements.define('test-slate', Slate);

/** Past all promises that are settled by now. */
const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve));

describe('an element whose drawing is a chunk', () => {
  beforeEach(reset);

  it('asks for a chunk that fails now and then, however often the state changes, and draws when it comes', async () => {
    const { engine } = await contributing();
    const slate = document.body.appendChild(new Slate());
    for (let tasks = 1; tasks <= 20; tasks++) {
      engine.become({ stats: { ...engine.state.stats, tasksCompleted: tasks } });
      await settled();
    }
    expect(slate.loads).to.equal(1);
    slate.isThere = true;
    time.pass(60_000);
    engine.become({ status: 'working' });
    await until(() => slate.calls.length > 0);
    expect([slate.loads, new Set(slate.calls)]).to.deep.equal([2, new Set(['draw'])]);
  });

  it('rests once it is gone, not while it is moved, and draws again when it is back', async () => {
    addNode();
    const slate = new Slate();
    slate.isThere = true;
    document.body.append(slate);
    await until(() => slate.calls.length > 0);
    document.body.prepend(slate);
    await settled();
    expect(slate.calls).not.to.include('rest');
    slate.remove();
    await settled();
    expect(slate.calls.at(-1)).to.equal('rest');
    document.body.append(slate);
    await until(() => slate.calls.at(-1) === 'draw');
  });

  it('draws nothing and rests where it leaves before the chunk is there', async () => {
    const slate = new Slate();
    slate.isThere = true;
    document.body.append(slate);
    slate.remove();
    await settled();
    expect(slate.calls).to.deep.equal(['rest']);
  });
});
