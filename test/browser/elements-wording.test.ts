/** In which words an element speaks, whatever a page says its language is. */
import { expect } from '@open-wc/testing';
import { replaceWords, Wording, type Words } from '../../src/elements/shared/wording.js';

const ENGLISH = { 'test.hello': 'Hello {name}', 'test.things.one': '{count} thing', 'test.things.other': '{count} things' } as const;
type Test = Words<typeof ENGLISH>;

const made: Wording<typeof ENGLISH>[] = [];

/** The words of an element in a part of the page with that `lang`. */
async function wordsIn(lang: string): Promise<Test> {
  const host = document.createElement('div');
  host.lang = lang;
  document.body.append(host);
  const wording = new Wording(host, ENGLISH, () => {});
  made.push(wording);
  return wording.ready();
}

const said = (t: Test): string[] => [t('test.hello', { name: 'A' }), t.plural('test.things', 1234), t.percent(0.5), t.lang];
const IN_ENGLISH = ['Hello A', '1,234 things', '50%', 'en'];

describe('words', () => {
  afterEach(() => {
    document.body.replaceChildren();
    for (const wording of made.splice(0)) wording.rest();
  });

  for (const lang of ['', 'xx', 'x-default', 'x', '__proto__', 'constructor', 'constructor-de', '-', '--', 'i-klingon', 'not a language', '*', '\u202e']) {
    it(`are English where lang is ${JSON.stringify(lang)}`, async () => {
      expect(said(await wordsIn(lang))).to.deep.equal(IN_ENGLISH);
    });
  }

  it('are of a language that an element has, however the page writes it', async () => {
    replaceWords({ 'test.hello': 'Hallo {name}' }, 'de');
    for (const [lang, spoken] of [['de', 'de'], ['DE', 'de'], ['de_DE', 'de-de'], ['de-', 'de'], ['de-AT', 'de-at'], ['de--', 'de'], ['de-thisisnosubtag', 'de']]) {
      const t = await wordsIn(lang!);
      expect([t('test.hello', { name: 'A' }), t.plural('test.things', 1234), t.lang]).to.deep.equal(['Hallo A', `${new Intl.NumberFormat(spoken).format(1234)} things`, spoken], lang);
    }
  });

  it('of a region are heeded however both write its tag, before those of the language', async () => {
    replaceWords({ 'test.hello': 'Olá {name}' }, 'pt');
    replaceWords({ 'test.hello': 'Oi {name}' }, 'pt-BR');
    for (const [lang, hello] of [['pt-BR', 'Oi A'], ['pt-br', 'Oi A'], ['pt_BR', 'Oi A'], ['pt-PT', 'Olá A'], ['pt', 'Olá A']]) {
      expect((await wordsIn(lang!))('test.hello', { name: 'A' }), lang).to.equal(hello);
    }
    replaceWords({ 'test.hello': 'E aí {name}' }, 'pt_br');
    expect((await wordsIn('pt-BR'))('test.hello', { name: 'A' })).to.equal('E aí A');
  });

  it('may be added under a tag for which no browser has numbers', async () => {
    replaceWords({ 'test.hello': 'nuqneH {name}' }, 'x-klingon');
    const t = await wordsIn('x-klingon');
    expect([t('test.hello', { name: 'A' }), t.plural('test.things', 1234), t.percent(0.5)]).to.deep.equal(['nuqneH A', '1,234 things', '50%']);
  });

  it('take a value as it is, and leave a hole that has none', async () => {
    const t = await wordsIn('en');
    expect(t('test.hello', { name: '{name} $& {count}' })).to.equal('Hello {name} $& {count}');
    expect(t('test.hello')).to.equal('Hello {name}');
  });

  it('change with the language of what is around the element', async () => {
    replaceWords({ 'test.hello': 'Nuhi {name}' }, 'x-one');
    replaceWords({ 'test.hello': 'Vado {name}' }, 'x-two');
    const wording = new Wording(Object.assign(document.body.appendChild(document.createElement('p')), { lang: 'x-one' }), ENGLISH, () => {});
    made.push(wording);
    expect((await wording.ready())('test.hello', { name: 'A' })).to.equal('Nuhi A');
    document.querySelector('p')!.lang = 'x-two';
    expect((await wording.ready())('test.hello', { name: 'A' })).to.equal('Vado A');
  });
});
