/** A page for each element, made of custom-elements.json alone: what is not in there is not public. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlock, escape, heading } from './html.mjs';

/** @returns the manifest's elements, by tag */
export function readElements(root) {
  const { modules } = JSON.parse(readFileSync(join(root, 'custom-elements.json'), 'utf8'));
  const elements = modules.flatMap(({ declarations = [] }) => declarations.filter(({ tagName }) => tagName));
  return elements.toSorted((a, b) => rank(a.tagName) - rank(b.tagName) || a.tagName.localeCompare(b.tagName));
}

/** The node comes first: every other element shows or uses one. */
const rank = (tag) => (tag === 'edge-net-node' ? 0 : 1);

const propertyOf = (attribute) => attribute.replace(/-([a-z])/gu, (_, letter) => letter.toUpperCase());
const isPublic = ({ name, privacy }) => (privacy === undefined || privacy === 'public') && !name.startsWith('#') && !name.startsWith('_');

/** Attributes that every element has, where the manifest says no more of them. */
const COMMON = { id: 'Names the element, so that others find it by `for`.' };

/** @param {{link: (text: string) => string, inline: (markdown: string) => string}} render types as links, and prose */
export function elementPage(element, { link, inline }) {
  const { tagName, description = '', attributes = [], members = [], events = [], slots = [], cssParts = [], cssProperties = [], cssStates = [] } = element;
  const reflected = new Set(attributes.map(({ name }) => propertyOf(name)));
  const fields = members.filter((member) => member.kind === 'field' && !member.static && isPublic(member));
  const byName = new Map(fields.map((field) => [field.name, field]));
  const methods = members.filter((member) => member.kind === 'method' && !member.static && isPublic(member));

  const entry = (kind, name, facts, about, shown = name) =>
    heading(3, `${kind}-${name || 'default'}`, `<code>${escape(shown)}</code>`) +
    (facts.length ? `<dl class="facts">${facts.map(([term, html]) => `<div><dt>${term}</dt><dd>${html}</dd></div>`).join('')}</dl>\n` : '') +
    (about ? `<p>${inline(about)}</p>\n` : '');
  const section = (title, entries) => (entries.length ? heading(2, title.toLowerCase().replaceAll(' ', '-'), title) + entries.join('') : '');
  const code = (html) => `<code>${html}</code>`;

  const attributeEntry = ({ name, type, default: fallback, description: about }) => {
    const property = propertyOf(name);
    const facts = [['Type', code(link(type?.text ?? 'string'))]];
    if (fallback !== undefined) facts.push(['Default', fallback === '""' ? 'empty' : code(escape(fallback.replace(/^"(.*)"$/u, '$1')))]);
    if (byName.has(property)) facts.push(['Property', code(escape(property))]);
    return entry('attribute', name, facts, about ?? COMMON[name]);
  };
  const fieldEntry = ({ name, type, readonly, default: fallback, description: about }) =>
    entry('property', name, [...(type ? [['Type', code(link(type.text))]] : []), ...(fallback ? [['Default', code(escape(fallback))]] : []), ...(readonly ? [['Access', 'read only']] : [])], about);
  const methodEntry = ({ name, parameters = [], return: returned, description: about }) => {
    const list = parameters.map(({ name: parameter, type, optional, default: fallback }) => `${escape(parameter)}${optional || fallback !== undefined ? '?' : ''}${type ? `: ${link(type.text)}` : ''}`);
    const returns = returned?.type?.text;
    return heading(3, `method-${name}`, `<code>${escape(name)}()</code>`) + codeBlock('', 'ts', `${escape(name)}(${list.join(', ')})${returns ? `: ${link(returns)}` : ''}`) + (about ? `<p>${inline(about)}</p>\n` : '');
  };
  const eventEntry = ({ name, type, description: about }) => {
    const detail = /^CustomEvent<(.*)>$/su.exec(type?.text ?? '')?.[1];
    return entry('event', name, detail ? [['Detail', code(link(detail))]] : [], about);
  };
  const named = (kind) => ({ name, default: fallback, syntax, description: about }) =>
    entry(kind, name, [...(syntax ? [['Syntax', code(escape(syntax))]] : []), ...(fallback ? [['Default', code(escape(fallback))]] : [])], about, kind === 'state' ? `:state(${name})` : kind === 'part' ? `::part(${name})` : name || '(default)');

  const rest = fields.filter(({ name }) => !reflected.has(name));
  return [
    heading(1, tagName, `<code>&lt;${escape(tagName)}&gt;</code>`),
    `<p>${inline(description)}</p>\n`,
    codeBlock(`<${tagName}></${tagName}>`, 'html'),
    section('Attributes', attributes.map(attributeEntry)),
    section('Properties', rest.map(fieldEntry)),
    section('Methods', methods.map(methodEntry)),
    section('Events', events.map(eventEntry)),
    section('Slots', slots.map(named('slot'))),
    section('Parts', cssParts.map(named('part'))),
    section('CSS properties', cssProperties.map(named('css'))),
    section('Custom states', cssStates.map(named('state'))),
  ].join('');
}

/** Every text of the manifest that may name a type. */
export function typeTexts(elements) {
  return elements.flatMap(({ members = [], events = [], attributes = [] }) => [
    ...[...events, ...attributes].map(({ type }) => type?.text ?? ''),
    ...members.filter(isPublic).flatMap(({ type, return: returned, parameters = [] }) => [type?.text, returned?.type?.text, ...parameters.map((parameter) => parameter.type?.text)]),
  ]).filter(Boolean);
}
