import { expect } from '@open-wc/testing';
import { time } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import { addNode, addWidget, reset, settled } from './doubles/page.js';

const GRACE_MS = 2_000;

describe('a widget finds its node', () => {
  beforeEach(reset);

  it('that is there before it', () => {
    const node = addNode();
    expect(addWidget().node).to.equal(node);
  });

  it('that comes after it', () => {
    const widget = addWidget();
    expect(widget.node).to.equal(undefined);
    expect(addNode()).to.equal(widget.node);
  });

  it('in either order of one parsed fragment', () => {
    for (const markup of ['<edge-net-node></edge-net-node><edge-net-widget></edge-net-widget>', '<edge-net-widget></edge-net-widget><edge-net-node></edge-net-node>']) {
      document.body.innerHTML = `<section>${markup}</section>`;
      expect(document.querySelector('edge-net-widget')!.node).to.equal(document.querySelector('edge-net-node'));
    }
  });

  it('in markup that was there before the elements were defined', async () => {
    const frame = document.createElement('iframe');
    frame.srcdoc = `<body><edge-net-widget></edge-net-widget><edge-net-node></edge-net-node>
      <script type="module" src="${new URL('../../src/elements/edge-net.ts', import.meta.url).href}"></script></body>`;
    document.body.append(frame);
    await new Promise((resolve) => frame.addEventListener('load', resolve));
    const page = frame.contentDocument!;
    expect(page.querySelector('edge-net-widget')!.node).to.equal(page.querySelector('edge-net-node'));
  });

  it('again after the node was removed and put back', async () => {
    const widget = addWidget();
    const node = addNode();
    node.remove();
    expect(widget.node).to.equal(undefined);
    document.body.prepend(node);
    expect(widget.node).to.equal(node);
    time.pass(GRACE_MS);
    await settled();
    expect(widget.node).to.equal(node);
  });

  it('again after it was removed itself and put back', () => {
    const widget = addWidget();
    const node = addNode();
    widget.remove();
    expect(widget.node).to.equal(undefined);
    document.body.append(widget);
    expect(widget.node).to.equal(node);
  });

  for (const mode of ['open', 'closed'] as const) {
    it(`across ${mode} shadow roots`, () => {
      const shadow = () => {
        const host = document.createElement('div');
        document.body.append(host);
        return host.attachShadow({ mode });
      };
      const [one, other, third] = [shadow(), shadow(), shadow()];
      const widget = addWidget({}, one);
      const node = addNode({}, other);
      expect(widget.node).to.equal(node);
      const near = addNode({}, one);
      expect(widget.node, 'the nearest scope wins').to.equal(near);
      expect(addWidget({}, third).node, 'then document order').to.equal(near);
    });
  }

  it('in the scope around its own, before any other', () => {
    const outer = document.createElement('div');
    const elsewhere = document.createElement('div');
    document.body.append(elsewhere, outer);
    addNode({}, elsewhere.attachShadow({ mode: 'closed' }));
    const root = outer.attachShadow({ mode: 'closed' });
    const inner = document.createElement('div');
    root.append(inner);
    const node = addNode({}, root);
    expect(addWidget({}, inner.attachShadow({ mode: 'closed' })).node).to.equal(node);
  });

  it('first in document order, whichever was connected first', () => {
    const second = addNode();
    const first = document.createElement('edge-net-node');
    document.body.prepend(first);
    expect(addWidget().node).to.equal(first);
    first.remove();
    expect(document.querySelector('edge-net-widget')!.node).to.equal(second);
  });

  it('by id, as `for` and `id` change', () => {
    const one = addNode({ id: 'one' });
    const two = addNode({ id: 'two' });
    const widget = addWidget({ for: 'two' });
    expect(widget.node).to.equal(two);
    widget.setAttribute('for', 'one');
    expect(widget.node).to.equal(one);
    one.id = 'other';
    expect(widget.node).to.equal(undefined);
    two.id = 'one';
    expect(widget.node).to.equal(two);
    widget.removeAttribute('for');
    expect(widget.node).to.equal(one);
  });
});
