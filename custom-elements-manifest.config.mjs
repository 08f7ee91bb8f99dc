/**
 * `npm run analyze`: custom-elements.json, which editors, framework types (scripts/editor-data.mjs) and the docs read.
 * What the analyser finds is cut to what a page may use, and named as the package ships it: one module, dist/edge-net.js.
 */
const SHIPPED = 'dist/edge-net.js';

/** Where an element's members stand in the file: attributes in the order of their JSDoc, members in that of the class. */
const byTag = (one, other) => one.tagName.localeCompare(other.tagName, 'en');

const camel = (attribute) => attribute.replace(/-([a-z])/gu, (_, letter) => letter.toUpperCase());

/** Own to no element: every HTML element has them. */
const GLOBAL_ATTRIBUTES = new Set(['id', 'lang']);

/** Return types as the source has them, by class and method: a `@returns` without a type empties the analyser's. */
const returnTypes = new Map();

const keepReturnTypes = {
  name: 'edge-net-return-types',
  analyzePhase({ ts, node }) {
    if (!ts.isClassDeclaration(node)) return;
    for (const member of node.members) {
      if (ts.isMethodDeclaration(member) && member.type) returnTypes.set(`${node.name.text}.${member.name.getText()}`, member.type.getText());
    }
  },
};

const shipped = {
  name: 'edge-net-shipped',
  packageLinkPhase({ customElementsManifest }) {
    const elements = customElementsManifest.modules
      .flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName).map(publicPart).toSorted(byTag);
    const declaration = ({ name }) => ({ name, module: SHIPPED });
    customElementsManifest.modules = [{
      kind: 'javascript-module',
      path: SHIPPED,
      declarations: elements,
      exports: elements.flatMap((element) => [
        { kind: 'js', name: element.name, declaration: declaration(element) },
        { kind: 'custom-element-definition', name: element.tagName, declaration: declaration(element) },
      ]),
    }];
  },
};

function publicPart({ name, description, tagName, members = [], attributes = [], events = [], slots = [], cssParts = [], cssProperties = [], cssStates = [] }) {
  const documented = attributes.filter((attribute) => !GLOBAL_ATTRIBUTES.has(attribute.name)).map((attribute) => ({ ...attribute, fieldName: camel(attribute.name) }));
  const attributeOf = new Map(documented.map((attribute) => [attribute.fieldName, attribute]));
  const open = members.filter((member) => !member.static && !/^[#_]/u.test(member.name) && !['private', 'protected'].includes(member.privacy));
  const parts = {
    attributes: documented,
    members: open.map((member) => (member.kind === 'method' ? method(name, member) : field(member, attributeOf.get(member.name)))),
    // What the analyser takes for an event is any dispatched object; the elements' own have the package's name.
    events: unique(events.filter((event) => event.name?.startsWith('edge-net-'))).map((event) => ({ ...event, type: event.type ?? { text: 'CustomEvent' } })),
    slots: unique(slots), cssParts: unique(cssParts), cssProperties: unique(cssProperties), cssStates: unique(cssStates),
  };
  return {
    kind: 'class', name, tagName, customElement: true, description,
    ...Object.fromEntries(Object.entries(parts).filter(([, list]) => list.length > 0).map(([part, list]) => [part, list.map(withoutOrigin)])),
    superclass: { name: 'HTMLElement' },
  };
}

function method(className, member) {
  const type = returnTypes.get(`${member.inheritedFrom?.name ?? className}.${member.name}`) ?? member.return?.type?.text;
  return { ...member, ...(type ? { return: { ...member.return, type: { text: type } } } : {}) };
}

/** The attribute is the only place a property's value is kept, so both say the same. */
function field(member, attribute) {
  if (!attribute) return member;
  const { name, description, default: fallback } = attribute;
  return { ...member, description: member.description ?? description, ...(fallback === undefined ? {} : { default: fallback }), attribute: name, reflects: true };
}

const unique = (list) => [...new Map(list.map((item) => [item.name, item])).values()];

/** A class that is not shipped by name is nobody's to look up. */
function withoutOrigin(item) {
  const { inheritedFrom, ...rest } = item;
  return inheritedFrom ? rest : item;
}

export default {
  globs: ['src/elements/*/*-element.ts', 'src/elements/edge-net.ts'],
  outdir: '.',
  packagejson: false,
  quiet: true,
  plugins: [keepReturnTypes, shipped],
};
