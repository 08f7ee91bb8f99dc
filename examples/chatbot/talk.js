/** The conversation as a list: who said it, what, and on what it rests. */
import { TOPICS } from './topics.js';

const titleOf = (id) => TOPICS.find((topic) => topic.id === id).title;
const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

/** @param list an `<ol>` inside a live region */
export function conversation(list) {
  const add = (role, ...children) => {
    const line = element('li', { className: role }, element('b', {}, role === 'visitor' ? 'You' : 'Library'), ...children);
    list.append(line);
    line.scrollIntoView({ block: 'nearest' });
    return line;
  };
  return {
    question: (text) => add('visitor', element('p', {}, text)),
    notice: (text) => add('library', element('p', {}, text)),
    /** An answer made of the passages themselves. */
    answer: ({ routes, sources, proofs }) => add('library', element('p', {}, sources.map(({ text }) => text).join(' ')), basis(routes, sources, proofs)),
    /** An answer that a model writes, piece by piece. Only the whole of it is read aloud. */
    writing({ routes, sources, proofs }) {
      const words = element('p', {}, '…');
      const line = add('library', words);
      line.setAttribute('aria-busy', 'true');
      return {
        write: (text) => void (words.textContent = text),
        end: (note) => {
          line.append(...(note ? [element('p', { className: 'faint' }, note)] : []), basis(routes, sources, proofs));
          line.removeAttribute('aria-busy');
          line.scrollIntoView({ block: 'nearest' });
        },
      };
    },
  };
}

function basis(routes, sources, proofs) {
  const rows = sources.map(({ text, topic, score }) => element('li', {}, element('q', {}, text), ` ${titleOf(topic)}, ${score.toFixed(2)}`));
  const asked = `Asked: ${routes.slice(0, 2).map(({ topic, score }) => `${topic.title} ${score.toFixed(2)}`).join(', ')}. ${worked(proofs)}`;
  return element('details', {}, element('summary', {}, `${sources.length === 1 ? 'One source' : `${sources.length} sources`}: ${[...new Set(sources.map(({ topic }) => titleOf(topic)))].join(', ')}`), element('ul', {}, ...rows), element('p', {}, asked));
}

/** Who did it, and for how much. */
export function worked(proofs) {
  if (proofs.every(({ workers }) => workers[0] === 'local')) return 'This page did all of it by itself, since nobody else could.';
  const machines = new Set(proofs.flatMap(({ workers }) => workers).filter((id) => id !== 'local')).size;
  const cost = proofs.reduce((sum, proof) => sum + proof.cost, 0);
  const verified = proofs.every((proof) => proof.verified);
  return `${machines} ${machines === 1 ? 'machine' : 'machines'} worked for ${Number(cost.toFixed(3))} credits${verified ? ', with the same results' : ''}.`;
}
