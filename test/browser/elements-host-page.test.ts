import { expect } from '@open-wc/testing';
import { emulateMedia, setViewport } from './driver.js';
import './doubles/engine.js';
import '../../src/elements/edge-net.js';
import { addNode, addWidget, contributing, prompt, reset, until } from './doubles/page.js';
import { button, drawn, text } from './doubles/reading.js';

const TAGS = ['edge-net-widget', 'edge-net-leaderboard', 'edge-net-log', 'edge-net-task', 'edge-net-dashboard'] as const;
const LOUD = 'white-space: nowrap; text-transform: uppercase; letter-spacing: 3px; text-indent: 40px; line-height: 3; font: italic 30px serif';

describe('the page around', () => {
  beforeEach(reset);
  afterEach(async () => {
    document.body.removeAttribute('style');
    document.body.removeAttribute('lang');
    await emulateMedia({});
  });

  it('sets its own text loudly, and no element’s', async () => {
    document.body.style.cssText = LOUD;
    const { node } = await contributing();
    await until(() => node.shadowRoot!.querySelector('.badge'));
    const cards = await Promise.all(TAGS.map(async (tag) => (await drawn(document.body.appendChild(document.createElement(tag)))).querySelector('.card')!));
    for (const card of [...cards, node.shadowRoot!.querySelector('.badge')!]) {
      const { whiteSpace, textTransform, letterSpacing, textIndent, fontStyle } = getComputedStyle(card);
      expect([whiteSpace, textTransform, letterSpacing, textIndent, fontStyle], card.localName).to.deep.equal(['normal', 'none', 'normal', '0px', 'normal']);
    }
    expect(cards[0]!.scrollWidth).to.be.at.most(cards[0]!.clientWidth);
  });

  it('is printed without what lies above it', async () => {
    await setViewport({ width: 900, height: 700 });
    const { node } = await contributing();
    const badge = await until(() => node.shadowRoot!.querySelector<HTMLElement>('.badge'));
    const [pinned, standing] = [addWidget({ position: 'bottom-end' }), addWidget()];
    await Promise.all([pinned, standing].map(drawn));
    await emulateMedia({ media: 'print' });
    expect([pinned, standing, badge].map((element) => element.checkVisibility())).to.deep.equal([false, true, false]);
    reset();
    const asking = addNode();
    void asking.requestConsent();
    const question = await prompt(asking);
    expect(question.checkVisibility()).to.equal(false);
    await emulateMedia({ media: 'screen' });
    expect(question.checkVisibility()).to.equal(true);
  });

  it('in Arabic has the newest processor use on the left, where its readers end', async () => {
    document.body.lang = 'ar';
    const { engine } = await contributing();
    const root = await drawn(addWidget());
    engine.become({ stats: { ...engine.state.stats, cpu: 0.4 } });
    const line = await until(() => root.querySelector('.line'));
    const [chart, drawnLine] = [root.querySelector('svg')!, line].map((element) => element.getBoundingClientRect());
    expect(drawnLine!.left - chart!.left).to.be.below(3);
    expect(drawnLine!.width).to.be.below(chart!.width / 2);
  });

  it('pins a widget of controls alone, whose menu stays within reach', async () => {
    await setViewport({ width: 900, height: 700 });
    await contributing();
    const root = await drawn(addWidget({ position: 'bottom-end', sections: 'controls' }));
    if (!button(root, 'Snooze')) root.querySelector<HTMLElement>('#open')!.click();
    (await until(() => button(root, 'Snooze'))).click();
    const [card, menu] = ['.card', '[role=menu]'].map((selector) => root.querySelector(selector)!.getBoundingClientRect());
    expect(menu!.height).to.be.above(0);
    expect(menu!.top).to.be.at.least(card!.top);
    expect(text(root, '[role=menu]')).to.contain('For today');
  });

  it('in forced colours leaves the menu button its arrow', async () => {
    await emulateMedia({ forcedColors: 'active' });
    await contributing();
    const root = await drawn(addWidget());
    // These paint every border that has a width, transparent ones too: an arrow has to be of two alone.
    const { borderWidth, borderRightColor, backgroundColor } = getComputedStyle(await until(() => button(root, 'Snooze')), '::after');
    expect(borderWidth).to.equal('0px 2px 2px 0px');
    expect(borderRightColor).not.to.equal(backgroundColor);
  });
});
