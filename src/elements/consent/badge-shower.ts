/** Shows and hides the badge, whose code is a chunk of its own. */
import { EdgeNetError } from '../../engine/index.js';
import { hub } from '../hub/hub.js';
import type { EdgeNetNode } from '../node/node-element.js';

type Code = typeof import('./badge.js');

const RETRY_MS = 10_000;

export interface BadgeShower {
  /** Why the last attempt came to nothing. It is tried again until the badge is there. */
  failure: EdgeNetError | undefined;
  /** @returns whether the badge is as it is wanted */
  toggle(wanted: boolean): boolean;
}

/** @param changed the badge is there, or cannot be shown for now */
export function badgeShower(node: EdgeNetNode, root: ShadowRoot, changed: () => void, load: () => Promise<Code> = () => import('./badge.js')): BadgeShower {
  let code: Code | undefined;
  let isWanted = false;
  /** Takes the badge away, or gives up trying again. */
  let undo = () => {};
  const show = () => {
    // At once when its code is here: the engine goes on while a node is moved.
    if (code) return void (undo = code.showBadge(root, node));
    void load().then(
      (came) => {
        // Wanted twice while its code was on its way, it is still one.
        if (code || !isWanted) return;
        code = came;
        show();
      },
      (cause: unknown) => {
        if (code || !isWanted) return;
        shower.failure = new EdgeNetError('unsupported', `The badge's code could not be loaded: ${String(cause)}`, { cause });
        undo = hub().around.later(RETRY_MS, show);
      },
    ).then(changed);
  };
  const shower: BadgeShower = {
    failure: undefined,
    toggle(wanted) {
      if (wanted !== isWanted) {
        isWanted = wanted;
        if (wanted) show();
        else undo();
      }
      return !wanted || !!code;
    },
  };
  return shower;
}
