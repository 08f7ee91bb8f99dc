/**
 * Type declarations of the elements for frameworks, from custom-elements.json. One file lists each tag's attributes and
 * events by the element's own types; the others hand that list to the framework, each in the way it documents.
 */

/** What the framework keeps for itself, so that a template cannot set it: `ref` is the account that referred the node. */
const RESERVED = new Set(['ref']);

const WARNING = '// Written by scripts/framework-types.mjs from custom-elements.json.';

const EVENT_NAME = "export type Camel<Name> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name;";

/** Imported as a module, the types are nothing. */
const NOTHING = 'export {};\n';

/** @returns {Record<string, string>} text by file name */
export function frameworkTypes(manifest) {
  const elements = manifest.modules.flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName);
  return { 'tags.d.ts': tags(elements), 'jsx.d.ts': JSX, 'vue.d.ts': VUE, 'svelte.d.ts': SVELTE, 'none.js': NOTHING };
}

function tags(elements) {
  const events = new Map(elements.flatMap(({ events: own = [] }) => own).map((event) => [event.name, event]));
  return `${WARNING}
import type {} from './elements/edge-net.js';

${EVENT_NAME}

/** Events that pass through an element, by name. All bubble. */
export interface EdgeNetEvents {
${[...events.values()].map(({ name, description }) => `${doc(description)}  '${name}': HTMLElementEventMap['${name}'];`).join('\n')}
}

/** What may be written on each tag: attributes by their names, and properties of the same meaning by theirs. */
export interface EdgeNetTags {
${elements.map(({ tagName, description, attributes = [], members = [] }) => `${doc(description)}  '${tagName}': {\n${[...attributes.flatMap((attribute) => ofAttribute(tagName, attribute)), ...settable(members).flatMap((field) => ofProperty(tagName, field))].join('\n')}\n  };`).join('\n')}
}
`;
}

/** The attribute of a number or flag is text, so a template may give it as text too. */
const AS_TEXT = { number: ' | `${number}`', boolean: " | ''" };

function ofAttribute(tag, { name, fieldName, type, description }) {
  if (RESERVED.has(name)) return [];
  const property = `HTMLElementTagNameMap['${tag}']['${fieldName}']`;
  const attribute = `${doc(description, '    ')}    '${name}'?: ${property}${AS_TEXT[type?.text] ?? ''};`;
  return name === fieldName ? [attribute] : [attribute, `${doc(description, '    ')}    ${fieldName}?: ${property};`];
}

/** Properties that have no attribute, since their value is an object. */
const settable = (members) => members.filter(({ kind, readonly, attribute }) => kind === 'field' && !readonly && !attribute);

const ofProperty = (tag, { name, description }) => [`${doc(description, '    ')}    ${name}?: HTMLElementTagNameMap['${tag}']['${name}'];`];

function doc(text, indent = '  ') {
  return text ? `${indent}/** ${text.replaceAll('*/', '*∕').replace(/\s+/gu, ' ')} */\n` : '';
}

const JSX = `${WARNING}
/**
 * React 19: \`onedge-net-state\` hears an event. What a server is to render is best written by attribute names
 * (\`cpu-limit\`), since React writes properties into HTML by their own names.
 */
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { EdgeNetEvents, EdgeNetTags } from './tags.js';

type Listeners = { [Name in keyof EdgeNetEvents as \`on\${Name}\`]?: (event: EdgeNetEvents[Name]) => void };
type Props<Tag extends keyof EdgeNetTags> = EdgeNetTags[Tag] & Listeners & Omit<DetailedHTMLProps<HTMLAttributes<HTMLElementTagNameMap[Tag]>, HTMLElementTagNameMap[Tag]>, keyof EdgeNetTags[Tag]>;
export type EdgeNetJsx = { [Tag in keyof EdgeNetTags]: Props<Tag> };

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends EdgeNetJsx {}
  }
}
`;

const VUE = `${WARNING}
/** Vue 3: tags in templates. \`@edge-net-state\` hears an event. */
import type { EmitFn, HTMLAttributes, PublicProps } from 'vue';
import type { Camel, EdgeNetEvents, EdgeNetTags } from './tags.js';

type Listeners = { [Name in keyof EdgeNetEvents as \`on\${Capitalize<Camel<Name>>}\`]?: (event: EdgeNetEvents[Name]) => void };
type Emits = { [Name in keyof EdgeNetEvents]: (event: EdgeNetEvents[Name]) => void };
type VueElement<Tag extends keyof EdgeNetTags> = new () => HTMLElementTagNameMap[Tag] & {
  /** For the types of templates alone. */
  $props: EdgeNetTags[Tag] & Listeners & Omit<HTMLAttributes, keyof EdgeNetTags[Tag]> & PublicProps;
  /** For the types of templates alone. */
  $emit: EmitFn<Emits>;
};
type EdgeNetVue = { [Tag in keyof EdgeNetTags]: VueElement<Tag> };

declare module 'vue' {
  interface GlobalComponents extends EdgeNetVue {}
}
`;

const SVELTE = `${WARNING}
/** Svelte 5: \`onedge-net-state\` hears an event; \`on:edge-net-state\`, as in Svelte 4, does too. */
import type { HTMLAttributes } from 'svelte/elements';
import type { EdgeNetEvents, EdgeNetTags } from './tags.js';

type Listeners = { [Name in keyof EdgeNetEvents as \`on\${Name}\` | \`on:\${Name}\`]?: (event: EdgeNetEvents[Name]) => void };
type EdgeNetSvelte = { [Tag in keyof EdgeNetTags]: EdgeNetTags[Tag] & Listeners & Omit<HTMLAttributes<HTMLElementTagNameMap[Tag]>, keyof EdgeNetTags[Tag]> };

declare module 'svelte/elements' {
  interface SvelteHTMLElements extends EdgeNetSvelte {}
}
`;
