import { ViewElement, withAttributes } from '../shared/view-element.js';

/**
 * What ran on this computer for others, and what was bought from it: a table with the proofs behind each row, to be filtered, exported
 * as JSON and deleted. Payloads and results are not kept, so they are not in it.
 *
 * @tag edge-net-log
 * @tagname edge-net-log
 * @attr {string} [for=""] - Id of the node to ask. Default: the nearest.
 * @attr {"auto"|"light"|"dark"} [theme="auto"] - `auto` follows the page.
 *
 * @csspart card - The whole.
 * @csspart heading - Its heading.
 * @csspart note - What is said where there is no list, or beside it.
 * @csspart filter - Each control of the filter.
 * @csspart count - How many tasks are listed.
 * @csspart button - Each button below the filter and of the pages.
 * @csspart confirm - The question before the list is deleted.
 * @csspart table - The table.
 * @csspart row - A task.
 * @csspart row-button - What opens a task's details.
 * @csspart details - The row of details below a task.
 * @csspart copy - Each button that copies an id.
 *
 * @cssprop --edge-net-accent - Focus.
 * @cssprop --edge-net-ink - Text.
 * @cssprop --edge-net-paper - Background.
 * @cssprop --edge-net-line - Borders.
 * @cssprop --edge-net-radius - Of the corners.
 * @cssprop --edge-net-font - Font family.
 */
export class EdgeNetLog extends ViewElement {
  protected load() {
    return import('./log-view.js');
  }
}

withAttributes(EdgeNetLog, {});

declare global {
  interface HTMLElementTagNameMap {
    'edge-net-log': EdgeNetLog;
  }
}
