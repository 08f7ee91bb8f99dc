import { expect } from '@open-wc/testing';
import { readSettings } from '../../src/elements/node/config.js';
import { EdgeNetError } from '../../src/engine/index.js';
import './doubles/engine.js';
import '../../src/elements/edge-net.js';
import { addNode, once, reset, until } from './doubles/page.js';

const PAGE = { url: 'https://site.example/blog/post', base: 'https://cdn.example/edge-net/', cores: 8 };

function settings(attributes: Record<string, string> = {}) {
  return readSettings((name) => attributes[name] ?? null, PAGE);
}

describe('settings', () => {
  it('have defaults', () => {
    expect(settings()).to.deep.equal({
      engine: {
        siteId: '', ref: '', network: '', relays: [], siteShare: 0.5, contribute: true, cpuLimit: 0.3, memoryLimitBytes: 256 * 2 ** 20, bandwidthLimitBytes: 2 ** 20, workersMax: 4,
        focusRequired: false, idleMsMin: 5_000, whenHidden: 'work', battery: 'respect', metered: 'pause',
        tasks: [], local: 'fallback', modelBase: 'https://cdn.example/edge-net/models/', base: 'https://cdn.example/edge-net/', storage: 'persistent', pauses: [], privateKey: '',
      },
      consent: 'ask', consentDays: 30, prompt: 'auto', promptPosition: 'bottom-end', mobile: false, embedded: false,
    });
  });

  it('are read from attributes', () => {
    const { engine } = settings({
      'site-id': 'my-site', relays: ' wss://a.example/gun  wss://b.example/gun ', network: '../net.json', 'memory-limit': '1.5 gb', 'max-workers': '3',
      tasks: 'vectors, embedding', base: '/assets', paused: '', contribution: '0.25', 'bandwidth-limit': '100KB', 'focus-required': '', 'min-idle-time': '250', 'when-hidden': 'pause', battery: 'ignore', metered: 'allow',
    });
    expect(engine).to.deep.include({
      siteId: 'my-site', ref: 'my-site', relays: ['wss://a.example/gun', 'wss://b.example/gun'], network: 'https://site.example/net.json', memoryLimitBytes: 1.5 * 2 ** 30,
      workersMax: 3, tasks: ['vectors', 'embedding'], base: new URL('/assets/', document.baseURI).href, pauses: ['paused-by-site'], cpuLimit: 0.25,
      bandwidthLimitBytes: 100 * 2 ** 10, focusRequired: true, idleMsMin: 250, whenHidden: 'pause', battery: 'ignore', metered: 'allow',
    });
  });

  it('let cpu-limit outweigh its alias', () => {
    expect(settings({ 'cpu-limit': '0.1', contribution: '0.9' }).engine.cpuLimit).to.equal(0.1);
  });

  for (const [attribute, value] of Object.entries({
    'site-id': 'MySite', ref: 'two words', 'site-share': '1.5', 'cpu-limit': '30%', contribution: '0', 'memory-limit': 'lots', 'bandwidth-limit': '0', 'min-idle-time': '5s', 'when-hidden': 'sleep', battery: 'low', metered: 'maybe', 'max-workers': '2.5', local: 'maybe',
    storage: 'cloud', consent: 'yes', 'consent-days': '-1', prompt: 'loud', 'prompt-position': 'top', mobile: 'true', embedded: 'yes', relays: 'relay.example', network: 'http://[', base: 'http://[',
  })) {
    it(`refuse ${attribute}="${value}" by name, and say what to write`, () => {
      expect(() => settings({ [attribute]: value }))
        .to.throw(EdgeNetError, `${attribute}="`)
        .with.property('code', 'config-invalid');
      expect(() => settings({ [attribute]: value })).to.throw(/Write \S+/u);
    });
  }

  it('refuse an open relay on a secure page, save on this machine', () => {
    expect(() => settings({ relays: 'ws://relay.example/gun' })).to.throw(EdgeNetError, 'wss:');
    expect(settings({ relays: 'ws://localhost:8765/gun' }).engine.relays).to.deep.equal(['ws://localhost:8765/gun']);
  });
});

describe('the addresses of relays', () => {
  for (const [written, meant] of Object.entries({
    'https://relay.example/gun': 'wss://relay.example/gun', 'HTTPS://relay.example:8443/gun': 'wss://relay.example:8443/gun', 'http://localhost:8765/gun': 'ws://localhost:8765/gun', 'wss://relay.example': 'wss://relay.example/',
  })) {
    it(`take ${written} for ${meant}: older browsers refuse a WebSocket by http`, () => expect(settings({ relays: written }).engine.relays).to.deep.equal([meant]));
  }

  it('name what was written where they are refused', () => {
    expect(() => settings({ relays: 'http://relay.example/gun' })).to.throw(EdgeNetError, 'relays="http://relay.example/gun" cannot be used. Write https:// , since');
  });
});

describe('the attributes of a node', () => {
  beforeEach(reset);

  it('are properties of the same meaning, with the same defaults', () => {
    const node = document.createElement('edge-net-node');
    expect(node).to.include({ siteId: '', siteShare: 0.5, consent: 'ask', consentDays: 30, cpuLimit: 0.3, memoryLimit: '256MB', paused: false, local: 'fallback', storage: 'persistent' });
    node.cpuLimit = 0.2;
    node.paused = true;
    node.siteId = 'mine';
    expect(node.outerHTML).to.equal('<edge-net-node cpu-limit="0.2" paused="" site-id="mine"></edge-net-node>');
    node.removeAttribute('paused');
    expect(node.paused).to.equal(false);
  });

  it('are told wrong in an error event, and mended in place', async () => {
    const node = addNode({ 'cpu-limit': '150' });
    const { detail } = await once(node, 'edge-net-error');
    expect(detail.code).to.equal('config-invalid');
    expect(detail.message).to.contain('cpu-limit="150"');
    expect(node.state.status).to.equal('error');
    expect(node.matches(':state(error)')).to.equal(true);
    node.cpuLimit = 0.5;
    await until(() => node.state.status === 'awaiting-consent');
    expect(node.state.error).to.equal(null);
  });

  it('take a small screen without a mouse for a phone, whatever it says it is', async () => {
    const phone: readonly [target: object, name: string, value: unknown][] = [
      [navigator, 'userAgentData', { mobile: false }], [window, 'matchMedia', () => ({ matches: true })], [screen, 'width', 900], [screen, 'height', 412],
    ];
    const undo = phone.map(([target, name, value]) => {
      const before = Object.getOwnPropertyDescriptor(target, name);
      Object.defineProperty(target, name, { value, configurable: true });
      return () => (before ? Object.defineProperty(target, name, before) : Reflect.deleteProperty(target, name));
    });
    try {
      const node = addNode({ consent: 'granted' });
      await until(() => node.state.reasons.includes('mobile'));
    } finally {
      undo.forEach((restore) => restore());
    }
    const node = addNode({ consent: 'granted' });
    await until(() => node.state.status === 'idle');
  });

  it('keep phones out unless they are let in', async () => {
    Object.defineProperty(navigator, 'userAgentData', { value: { mobile: true }, configurable: true });
    try {
      const node = addNode({ consent: 'granted' });
      await until(() => node.state.reasons.includes('mobile'));
      expect(node.state.status).to.equal('paused');
      node.mobile = 'on';
      await until(() => node.state.status === 'idle');
    } finally {
      delete (navigator as { userAgentData?: unknown }).userAgentData;
    }
  });
});
