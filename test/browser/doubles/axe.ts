import { expect } from '@open-wc/testing';
import 'axe-core';

declare const axe: { run(context: Element, options?: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };

/** Rules about whole pages do not fit a test page. */
export async function accessible(element: Element, what = ''): Promise<void> {
  const { violations } = await axe.run(element, { rules: { region: { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html + (node.failureSummary ?? '')).join(' ')}`), what).to.deep.equal([]);
}
