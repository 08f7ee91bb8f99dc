/**
 * GUN greets on the console when it loads. A host page's log and a command's output are not ours to write
 * to, so the greeting is dropped. `gun.ts` imports this before GUN and calls `restore` after it.
 */
const log = console.log;
console.log = () => undefined;

export const restoreConsole = (): void => {
  console.log = log;
};
