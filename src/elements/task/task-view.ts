import type { View } from '../shared/view-element.js';
import type { EdgeNetTask } from './task-element.js';

export function view(host: EdgeNetTask, root: ShadowRoot): View {
  return { draw: () => root.replaceChildren(host.localName) };
}
