/** The workflows as text: pinned actions, commands that exist, and the right to sign where nothing else runs. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const folder = new URL('.github/workflows/', root);
const workflows = new Map(readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));
const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { scripts: Record<string, string> };

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found]) => found!);

/** A job's own lines, by its name. */
function jobs(text: string): Map<string, string> {
  const [, body] = text.split(/^jobs:\n/mu) as [string, string];
  return new Map(body.split(/^ {2}(?=[\w-]+:\n)/mu).filter((job) => job.trim() && !job.trim().startsWith('#')).map((job) => [job.slice(0, job.indexOf(':')), job]));
}

test('every action is pinned to a commit, and its version stands beside it', () => {
  assert.ok(workflows.size > 0);
  for (const [name, text] of workflows) for (const action of all(text, /uses: (.+)$/gmu)) assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u, name);
});

test('every command that is run is one of package.json', () => {
  for (const [name, text] of workflows) for (const script of all(text, /npm run ([\w:-]+)/gu)) assert.ok(script in scripts, `${name}: ${script}`);
});

test('a job may only read, save the one that publishes, which signs and runs no test', () => {
  for (const [name, text] of workflows) {
    assert.match(text.split('\njobs:')[0]!, /^permissions:\n {2}contents: read$/mu, name);
    for (const [job, steps] of jobs(text)) assert.equal(/: write$/mu.test(steps), name === 'publish.yml' && job === 'publish', `${name} ${job}`);
  }
  const publish = jobs(workflows.get('publish.yml')!);
  assert.deepEqual([...publish.keys()], ['test', 'publish']);
  assert.match(publish.get('publish')!, /^ {4}needs: test$/mu);
  assert.match(publish.get('publish')!, /publish --provenance --access public$/mu);
  assert.doesNotMatch(publish.get('publish')!, /npm (?:run )?(?:test|consumers)/u);
});

test('what is published is what the tag says, tested and packed', () => {
  const tests = jobs(workflows.get('publish.yml')!).get('test')!;
  assert.match(workflows.get('publish.yml')!, /^ {4}tags: \['v\*'\]$/mu);
  const order = ['GITHUB_REF_NAME', 'npm ci', 'npm test', 'npm run pack:check', 'npm run consumers'].map((command) => tests.indexOf(command));
  assert.ok(order.every((at, index) => at > (order[index - 1] ?? -1)), String(order));
});
