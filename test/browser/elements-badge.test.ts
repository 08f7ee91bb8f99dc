import { expect } from '@open-wc/testing';
import { emulateMedia, sendKeys } from './driver.js';
import { accessible } from './doubles/axe.js';
import { time } from './doubles/engine.js';
import '../../src/elements/edge-net.js';
import { addNode, contributing, reset, until } from './doubles/page.js';
import { button, text } from './doubles/reading.js';

async function badged() {
  const { node, engine } = await contributing();
  const badge = await until(() => node.shadowRoot!.querySelector<HTMLElement>('.badge:popover-open'));
  return { node, engine, badge };
}

describe('the badge', () => {
  beforeEach(reset);
  afterEach(() => {
    document.documentElement.lang = 'en';
    document.documentElement.style.colorScheme = '';
  });
  after(() => emulateMedia({ colorScheme: 'light' }));

  it('says what goes on and lets the visitor pause and stop it, by the keyboard', async () => {
    const { node, badge } = await badged();
    const summary = badge.querySelector('summary')!;
    expect([badge.ariaLabel, summary.textContent]).to.deep.equal(['Sharing computing power', 'Sharing computing power']);
    summary.focus();
    await sendKeys({ press: 'Enter' });
    expect([text(badge, 'b'), text(badge, '.panel p:last-of-type')]).to.deep.equal(['Ready', 'This site started it. It uses up to 30% of this tab’s share of your processor.']);
    await sendKeys({ press: 'Tab' });
    await sendKeys({ press: 'Enter' });
    await until(() => text(badge, 'b') === 'Paused by you' && button(badge, 'Resume'));
    await sendKeys({ press: 'Enter' });
    expect(node.state.status).to.equal('idle');
    node.snooze(1_000);
    await until(() => button(badge, 'Resume'));
    time.pass(1_000);
    await until(() => button(badge, 'Pause'));
    await sendKeys({ press: 'Tab' });
    await sendKeys({ press: 'Enter' });
    expect(node.state.status).to.equal('declined');
    expect(badge.isConnected).to.equal(false);
  });

  it('announces changes of the status alone', async () => {
    const { engine, badge } = await badged();
    const live = badge.querySelector('[role=status]')!;
    const said: string[] = [];
    new MutationObserver(() => said.push(live.textContent!)).observe(live, { childList: true, characterData: true });
    engine.become({ status: 'working' });
    engine.become({ status: 'idle', stats: { ...engine.state.stats, credits: 20 } });
    engine.become({ status: 'paused', reasons: ['battery'] });
    await until(() => said.length > 0);
    expect(said).to.deep.equal(['Paused: on battery']);
  });

  it('speaks the page\'s language and the site\'s words', async () => {
    document.documentElement.lang = 'ar';
    const { node, badge } = await badged();
    await until(() => text(badge, 'summary') === 'مشاركة قدرة الحوسبة');
    expect([badge.lang, getComputedStyle(badge).direction]).to.deep.equal(['ar', 'rtl']);
    const box = badge.getBoundingClientRect();
    expect(Math.round(innerWidth - box.right), 'at the start of the line').to.equal(12);
    badge.querySelector('summary')!.click();
    await accessible(node);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no barrier, ${colorScheme}`, async () => {
      await emulateMedia({ colorScheme });
      document.documentElement.style.colorScheme = 'light dark';
      const { node, engine, badge } = await badged();
      badge.querySelector('summary')!.click();
      for (const status of ['idle', 'working', 'offline'] as const) {
        engine.become({ status });
        await accessible(node, status);
      }
    });
  }

  it('is one, though consent came, went and came again before its code was there', async () => {
    const node = addNode({ consent: 'granted' });
    for (const consent of ['granted', 'denied', 'granted']) {
      node.setAttribute('consent', consent);
      void node.requestConsent();
    }
    await until(() => node.shadowRoot!.querySelector('.badge'));
    // Every import of the code that was begun is over before one that begins now.
    await import('../../src/elements/consent/badge.js');
    await new Promise((resolve) => setTimeout(resolve));
    expect(node.shadowRoot!.querySelectorAll('.badge')).to.have.length(1);
    node.setAttribute('consent', 'denied');
    await until(() => !node.shadowRoot!.querySelector('.badge'));
  });
});
