import { ViewElement, withAttributes } from '../shared/view-element.js';
import type {} from './task-events.js';

/**
 * Buys one task: says its price before, shows its progress, and afterwards its result and who vouches for it. The payload comes from
 * a `<script type="application/json" slot="payload">`, from form controls inside the element, each named as a field, and from the
 * property `payload`. A control's `data-type` says how it is read: `lines` (an array of lines), `number` or `json`; files are read as
 * bytes. A control with `data-optional` may stay empty. Works without consent to contribute.
 *
 * @tag edge-net-task
 * @tagname edge-net-task
 * @attr {string} [for=""] - Id of the node to ask. Default: the nearest.
 * @attr {"auto"|"light"|"dark"} [theme="auto"] - `auto` follows the page.
 * @attr {string} [type=""] - Task kind.
 * @attr {"low"|"normal"|"high"} [priority="normal"] - `high` costs twice, `low` half and only idle nodes take it.
 * @attr {number} [redundancy=0] - Workers whose results must agree, 1 to 3; 0 leaves it to the network.
 * @attr {number} [max-credits=0] - Credits it may cost at most; 0 sets no limit.
 *
 * @fires {CustomEvent<TaskResult>} edge-net-task-done - The result is there.
 * @fires {CustomEvent<unknown>} edge-net-task-failed - It failed or was cancelled; the detail is the EdgeNetError, or what else was thrown.
 *
 * @slot - Form controls for the payload, with their labels.
 * @slot payload - A JSON script with the payload, or with what the controls leave open.
 * @slot heading - Replaces the heading.
 * @slot result - Replaces how the result is shown; fill it on `edge-net-task-done`.
 *
 * @csspart card - The whole.
 * @csspart heading - Its heading.
 * @csspart price - What it will cost.
 * @csspart button - Each button.
 * @csspart run - The button that runs it.
 * @csspart progress - The progress bar.
 * @csspart result - The result.
 * @csspart proof - Who did it, whether it was verified, and what it cost.
 * @csspart error - What went wrong.
 * @csspart link - The link to the error's page.
 *
 * @cssprop --edge-net-accent - Progress, focus and links.
 * @cssprop --edge-net-ink - Text.
 * @cssprop --edge-net-paper - Background.
 * @cssprop --edge-net-line - Borders.
 * @cssprop --edge-net-radius - Of the corners.
 * @cssprop --edge-net-font - Font family.
 */
export class EdgeNetTask extends ViewElement {
  declare type: string;
  declare priority: 'low' | 'normal' | 'high';
  declare redundancy: number;
  declare maxCredits: number;
  /** What is to be computed; fields of form controls inside the element count before it. Read when it is priced and run. */
  declare payload?: unknown;

  protected load() {
    return import('./task-view.js');
  }
}

withAttributes(EdgeNetTask, { type: '', priority: 'normal', redundancy: 0, maxCredits: 0 }, 'payload');

declare global {
  interface HTMLElementTagNameMap {
    'edge-net-task': EdgeNetTask;
  }
}
