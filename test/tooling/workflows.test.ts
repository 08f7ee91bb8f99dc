/** The workflows as text: pinned actions, commands that exist, and the right to sign where nothing else runs. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const folder = new URL('.github/workflows/', root);
const workflows = new Map(readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  scripts: Record<string, string>; repository: { url: string }; bugs: { url: string }; homepage: string;
};

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found]) => found!);

/** A job's own lines, by its name. */
function jobs(text: string): Map<string, string> {
  const [, body] = text.split(/^jobs:\n/mu) as [string, string];
  return new Map(body.split(/^ {2}(?=[\w-]+:\n)/mu).filter((job) => job.trim() && !job.trim().startsWith('#')).map((job) => [job.slice(0, job.indexOf(':')), job]));
}

const publishing = jobs(workflows.get('publish.yml')!);

test('every action is pinned to a commit, and its version stands beside it', () => {
  assert.ok(workflows.size > 0);
  for (const [name, text] of workflows) for (const action of all(text, /uses: (.+)$/gmu)) assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u, name);
});

test('every command that is run is one of package.json', () => {
  for (const [name, text] of workflows) for (const script of all(text, /npm run ([\w:-]+)/gu)) assert.ok(script in manifest.scripts, `${name}: ${script}`);
});

test('a job may only read, save the one that publishes, which may sign, and do nothing else', () => {
  for (const [name, text] of workflows) {
    assert.match(text.split('\njobs:')[0]!, /^permissions:\n {2}contents: read$/mu, name);
    for (const [job, steps] of jobs(text)) assert.equal(/: write$/mu.test(steps), name === 'publish.yml' && job === 'publish', `${name} ${job}`);
  }
  assert.deepEqual([...publishing.keys()], ['test', 'publish']);
  const publish = publishing.get('publish')!;
  assert.match(publish, /^ {4}permissions:\n {6}id-token: write\n {4}steps:$/mu);
  assert.match(publish, /^ {4}needs: test$/mu);
});

test('where the right to sign is, no code of the repository or of what it depends on runs', () => {
  const publish = publishing.get('publish')!;
  assert.doesNotMatch(publish, /actions\/checkout|npx|\bnode (?!-)|npm (?!publish)/u);
  assert.deepEqual(all(publish, /uses: ([\w/-]+)@/gu), ['actions/setup-node', 'actions/download-artifact']);
  assert.deepEqual(all(publish, /run: (.+)$/gmu), ['echo "$SHA256" | sha256sum --check --strict', 'npm publish ./edge-net.tgz --provenance --access public --ignore-scripts']);
  assert.match(publish, /^ {10}SHA256: \$\{\{ needs\.test\.outputs\.sha256 \}\}$/mu);
});

test('what is published is what the tag says, tested, packed, and handed over under its hash', () => {
  const tests = publishing.get('test')!;
  assert.match(workflows.get('publish.yml')!, /^ {4}tags: \['v\*'\]$/mu);
  const steps = ['GITHUB_REF_NAME', 'npm ci', 'npm test', 'npm run pack:check', 'npm run consumers', 'npm pack', 'sha256sum edge-net.tgz', 'actions/upload-artifact'];
  const order = steps.map((command) => tests.indexOf(command));
  assert.ok(order.every((at, index) => at > (order[index - 1] ?? -1)), String(order));
  assert.match(tests, /^ {6}sha256: \$\{\{ steps\.pack\.outputs\.sha256 \}\}$/mu);
});

test('the package names the repository that the workflow will have run in, as npm compares the two', () => {
  const { repository, bugs, homepage } = manifest;
  assert.match(repository.url, /^git\+https:\/\/github\.com\/[\w-]+\/[\w-]+\.git$/u);
  const web = repository.url.replace(/^git\+|\.git$/gu, '');
  for (const address of [bugs.url, homepage]) assert.ok(address.startsWith(web), address);
  for (const path of ['CHANGELOG.md', 'src/engine/error.ts']) {
    for (const link of all(readFileSync(new URL(path, root), 'utf8'), /(https:\/\/github\.com\/[^/]+\/[^/]+)/gu)) assert.equal(link, web, path);
  }
});
