/** `EdgeNet`: the same node and widget by script, under the names of the original design. */
import { type Collections, EdgeNetError, type Quote, type Stats, type Task, type TaskResult } from '../engine/index.js';
import { hub } from './hub/hub.js';
import type { Messages } from './messages/message.js';
import type { InitOptions } from './node/init.js';
import type { EdgeNetNode } from './node/node-element.js';
import { VERSION } from './shared/version.js';
import type { WidgetOptions } from './widget/create-widget.js';
import type { EdgeNetWidget } from './widget/widget-element.js';

export type { WidgetOptions };

export const EdgeNet = {
  version: VERSION,

  /**
   * Makes the page's node, or takes the one there is when no setting is given.
   * @throws EdgeNetError `config-invalid`, `config-conflict`, `unsupported`
   */
  async init(options: InitOptions = {}): Promise<EdgeNetNode> {
    return (await import('./node/init.js')).init(options, pageNode);
  },

  /**
   * Has a task done by the network, through the page's node.
   * @throws EdgeNetError
   */
  async submit(task: Task): Promise<TaskResult> {
    return theNode().submit(task);
  },

  async submitBatch(tasks: readonly Task[]): Promise<PromiseSettledResult<TaskResult>[]> {
    return theNode().submitBatch(tasks);
  },

  async quote(task: Task): Promise<Quote> {
    return theNode().quote(task);
  },

  /** A result whose promise was lost, for 24 hours. */
  async result(taskId: string): Promise<TaskResult> {
    return theNode().result(taskId);
  },

  /** @throws EdgeNetError `not-initialised` */
  get collections(): Collections {
    return theNode().collections;
  },

  stats(): Stats {
    return theNode().stats();
  },

  /** @throws EdgeNetError `config-invalid` when there is no such container */
  async createWidget(options: WidgetOptions): Promise<EdgeNetWidget> {
    return (await import('./widget/create-widget.js')).createWidget(options);
  },

  /** Replaces words of all elements on the page by their keys, or adds a language. @param lang BCP 47 */
  async setMessages(messages: Messages, lang = 'en'): Promise<void> {
    (await import('./shared/wording.js')).replaceWords(messages, lang);
  },
};

function pageNode(): EdgeNetNode | undefined {
  return globalThis.document && hub().snapshot.pick(document.documentElement);
}

function theNode(): EdgeNetNode {
  const node = pageNode();
  if (!node) throw new EdgeNetError('not-initialised', 'There is no edge-net node on this page yet. Add the tag or call EdgeNet.init() first.');
  return node;
}
