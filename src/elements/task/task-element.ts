import { ViewElement, withAttributes } from '../shared/view-element.js';

/**
 * Buys one task: says its price before, shows its progress, and afterwards its result and who vouches for it.
 *
 * @tag edge-net-task
 * @tagname edge-net-task
 * @attr {string} [for=""] - Id of the node to ask. Default: the nearest.
 * @attr {"auto"|"light"|"dark"} [theme="auto"] - `auto` follows the page.
 * @attr {string} [type=""] - Task kind.
 * @attr {"low"|"normal"|"high"} [priority="normal"] - `high` costs twice, `low` half and only idle nodes take it.
 * @attr {number} [redundancy=0] - Workers whose results must agree, 1 to 3; 0 leaves it to the network.
 * @attr {number} [max-credits=0] - Credits it may cost at most; 0 sets no limit.
 */
export class EdgeNetTask extends ViewElement {
  declare type: string;
  declare priority: 'low' | 'normal' | 'high';
  declare redundancy: number;
  declare maxCredits: number;

  protected load() {
    return import('./task-view.js');
  }
}

withAttributes(EdgeNetTask, { type: '', priority: 'normal', redundancy: 0, maxCredits: 0 });

declare global {
  interface HTMLElementTagNameMap {
    'edge-net-task': EdgeNetTask;
  }
}
