/**
 * GUN greets on the console when it loads. A host page's log and a command's stdout are not ours to
 * write to, so the greeting goes to stderr (Node) or to the debug level (browser). `gun.ts` imports
 * this before GUN and calls `restore` after it.
 */
const log = console.log;
console.log = typeof process === 'object' && typeof process.stderr === 'object' ? console.error : console.debug;

export const restoreConsole = (): void => {
  console.log = log;
};
