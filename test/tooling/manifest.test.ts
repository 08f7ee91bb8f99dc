/** custom-elements.json says what the elements do: each attribute it has is observed, each one observed is in it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as entry from '../../src/elements/edge-net.js';
import { STATUSES } from '../../src/elements/node/node-state.js';

interface Item {
  readonly name: string;
  readonly description?: string;
  readonly type?: { readonly text: string };
}

interface Field extends Item {
  readonly kind: 'field' | 'method';
  readonly attribute?: string;
  readonly return?: { readonly type: { readonly text: string } };
}

interface Declaration {
  readonly name: string;
  readonly tagName: string;
  readonly description: string;
  readonly attributes: readonly (Item & { readonly fieldName: string })[];
  readonly members: readonly Field[];
  readonly events?: readonly Item[];
  readonly slots?: readonly Item[];
  readonly cssParts?: readonly Item[];
  readonly cssProperties?: readonly Item[];
  readonly cssStates?: readonly Item[];
}

const { modules } = JSON.parse(readFileSync(new URL('../../custom-elements.json', import.meta.url), 'utf8')) as { modules: { path: string; declarations: Declaration[] }[] };
const declarations = modules.flatMap((module) => module.declarations);
const classes = entry as unknown as Record<string, { readonly observedAttributes: readonly string[] }>;

/** Every HTML element has them, with their properties. */
const GLOBAL = new Set(['id', 'lang', 'nonce']);
const own = (names: readonly string[]): string[] => names.filter((name) => !GLOBAL.has(name)).toSorted();

test('every element that the package defines is in it, as the shipped file has it', () => {
  const exported = Object.keys(classes).filter((name) => /^EdgeNet(?!Error$)./u.test(name));
  assert.deepEqual(declarations.map(({ name }) => name), exported.toSorted());
  assert.deepEqual(modules.map(({ path }) => path), ['dist/edge-net.js']);
});

for (const { name, tagName, attributes, members } of declarations) {
  test(`${tagName}: what is documented is observed, and the other way round`, () => {
    assert.deepEqual(own(attributes.map((attribute) => attribute.name)), own(classes[name]!.observedAttributes));
  });

  test(`${tagName}: every attribute has its property, and says what it is for`, () => {
    const fields = new Map(members.map((member) => [member.name, member]));
    for (const attribute of attributes.filter(({ name: of }) => !GLOBAL.has(of))) {
      assert.ok(attribute.description && attribute.type, attribute.name);
      assert.equal(fields.get(attribute.fieldName)?.attribute, attribute.name, `${attribute.name} has no property`);
    }
  });
}

test('events name the type of their detail; slots, parts, CSS properties and states say what they are', () => {
  for (const { tagName, events = [], slots = [], cssParts = [], cssProperties = [], cssStates = [], members } of declarations) {
    for (const event of events) assert.match(event.type?.text ?? '', /^CustomEvent<.+>$/u, `${tagName} ${event.name}`);
    for (const { name, description } of [...events, ...slots, ...cssParts, ...cssProperties, ...cssStates]) assert.ok(description, `${tagName} ${name}`);
    for (const member of members.filter(({ kind }) => kind === 'method')) assert.ok(member.return?.type.text, `${tagName}.${member.name}() has no type`);
  }
});

test("the node's custom states are its statuses", () => {
  const node = declarations.find(({ tagName }) => tagName === 'edge-net-node');
  assert.deepEqual(node?.cssStates?.map(({ name }) => name).toSorted(), STATUSES.toSorted());
});
