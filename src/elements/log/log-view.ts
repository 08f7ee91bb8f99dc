import type { View } from '../shared/view-element.js';
import type { EdgeNetLog } from './log-element.js';

export function view(host: EdgeNetLog, root: ShadowRoot): View {
  return { draw: () => root.replaceChildren(host.localName) };
}
