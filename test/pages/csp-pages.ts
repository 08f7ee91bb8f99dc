/** Sites under policies, of the package's own origin or of another, and what a page of them must be able to do. */
import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import type { Task } from '../../src/engine/api.js';
import type { Check } from '../../src/elements/node/diagnose.js';
import { NONCE } from './csp-headers.js';
import { edgeNet, ROOT, submit, World } from './harness.js';
import { type Site, startSite } from './site-server.js';
import { search } from './tasks.js';

export interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
  leave(): Promise<void>;
}

export class PolicyPages {
  private constructor(readonly world: World, readonly ownRoot: string) {}

  /** With one contributor, and with the package's files beside the pages, as `edge-net copy-assets` puts them. */
  static async open(): Promise<PolicyPages> {
    const world = await World.open();
    const ownRoot = world.folder('own');
    await cp(join(ROOT, 'test/pages/site'), ownRoot, { recursive: true });
    const copying = await edgeNet('copy-assets', join(ownRoot, 'edge-net'), '--json');
    await Promise.all([copying.stop(), world.contributor('one')]);
    return new PolicyPages(world, ownRoot);
  }

  close(): Promise<void> {
    return this.world.close();
  }

  async under(policy: string, values: Readonly<Record<string, string>> = {}, path = 'csp-tag.html', isOwn = false): Promise<Opened> {
    const { world } = this;
    const site = await this.#site(policy, { nonce: NONCE, relaySocket: new URL(world.relay).origin, ...values }, isOwn);
    const visitor = await world.visitor();
    const page = await visitor.open(`${site.url}${path}`);
    return {
      page, leave: () => visitor.leave(),
      // Many policies refuse the icon that keeps the browser from asking for one, and that diagnose() asks for the page's own headers.
      get complaints() {
        return visitor.complaints.filter((complaint) => !complaint.includes("'data:,'") && !(complaint.includes(site.url + path) && complaint.includes('edge-net.diagnose.js')));
      },
    };
  }

  async #site(policy: string, values: Readonly<Record<string, string>>, isOwn: boolean): Promise<Site> {
    const headers: Record<string, string> = policy === '' ? {} : { 'content-security-policy': policy };
    if (!isOwn) return this.world.site(headers, values);
    const site = await startSite({ root: this.ownRoot, headers, values: { relay: this.world.relay, cdn: '/edge-net/', ...values } });
    this.world.atEnd(() => site.close());
    return site;
  }

  /** By the network, by the page itself, in its sandbox, and what is drawn with Lit; and the page's own word. */
  async works(page: Page): Promise<void> {
    await page.waitForSelector('edge-net-node:defined');
    const bought = await submit(page, search({ redundancy: 1 }));
    assert.equal(bought.workers?.length, 1, JSON.stringify(bought));
    for (const task of [search({ local: 'only' }), await guest()]) {
      const result = await submit(page, task);
      assert.deepEqual([result.code, result.workers], [undefined, ['local']], JSON.stringify(result));
    }
    await page.waitForFunction(() => (document.querySelector('edge-net-widget')?.shadowRoot?.childElementCount ?? 0) > 0);
    assert.deepEqual((await diagnose(page)).filter(({ ok }) => !ok), []);
  }
}

export function diagnose(page: Page): Promise<Check[]> {
  return page.evaluate(async () => {
    await customElements.whenDefined('edge-net-node');
    return (document.querySelector('edge-net-node') as HTMLElement & { diagnose(): Promise<Check[]> }).diagnose();
  });
}

export async function guest(): Promise<Task> {
  const module = await readFile(join(ROOT, 'examples/guests/c/sha256.wasm'));
  return { type: 'custom_wasm', payload: { module: module.toString('base64'), input: Buffer.from('abc').toString('base64') }, options: { local: 'only' } };
}
