import type { View } from '../shared/view-element.js';
import type { EdgeNetDashboard } from './dashboard-element.js';

export function view(host: EdgeNetDashboard, root: ShadowRoot): View {
  return { draw: () => root.replaceChildren(host.localName) };
}
