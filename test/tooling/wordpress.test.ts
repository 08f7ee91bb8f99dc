/** The WordPress plugin, run by PHP against as much of WordPress as it calls. Needs `php`; without it every test says that it was skipped. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const plugin = `${root}examples/wordpress/edge-net`;
const hasPhp = spawnSync('php', ['-v']).status === 0;
const options = { skip: hasPhp ? false : 'php is not installed' };
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string };

interface Outcome {
  readonly scripts: string;
  readonly shortcodes: readonly string[];
  readonly page: string;
  readonly capability: string;
  readonly saved: Readonly<Record<string, string>>;
  readonly options: object;
}

function run(task: object): Outcome {
  const { status, stdout, stderr } = spawnSync('php', ['-d', 'display_errors=stderr', '-d', 'error_reporting=-1', `${root}test/tooling/wordpress/wordpress.php`], { input: JSON.stringify({ plugin, ...task }), encoding: 'utf8' });
  assert.equal(status, 0, stderr || stdout);
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Outcome;
}

const settings = { relay: 'wss://relay.example/gun', site_id: 'shop', widget: 'bottom-start', everywhere: '1' };
const HOSTILE = `"><script>alert(1)</script><x y='" onload=alert(1) $1 \\1`;

test('every file of the plugin is PHP that parses, and asks to be included by WordPress', options, () => {
  const files = readdirSync(plugin, { recursive: true }).map(String).filter((name) => name.endsWith('.php'));
  assert.ok(files.length >= 6);
  for (const file of files) {
    assert.equal(spawnSync('php', ['-l', `${plugin}/${file}`]).status, 0, file);
    assert.match(readFileSync(`${plugin}/${file}`, 'utf8'), /if \( ! defined\( '(?:ABSPATH|WP_UNINSTALL_PLUGIN)' \) \) \{\n\texit;/u, file);
  }
});

test('the plugin, its readme and the package have one version', () => {
  assert.match(readFileSync(`${plugin}/edge-net.php`, 'utf8'), new RegExp(`Version: +${version.replaceAll('.', '\\.')}\n`, 'u'));
  assert.match(readFileSync(`${plugin}/edge-net.php`, 'utf8'), new RegExp(`EDGE_NET_VERSION', '${version.replaceAll('.', '\\.')}'`, 'u'));
  assert.match(readFileSync(`${plugin}/readme.txt`, 'utf8'), new RegExp(`Stable tag: ${version.replaceAll('.', '\\.')}\n`, 'u'));
});

test('without a relay no page is changed', options, () => {
  const { scripts, shortcodes } = run({ shortcodes: [['edge_net', '']] });
  assert.equal(scripts, '');
  assert.deepEqual(shortcodes, ['']);
});

test('who may set the relay is told that it is missing', options, () => {
  assert.match(run({ can: true, shortcodes: [['edge_net', '']] }).shortcodes[0]!, /has no relay yet/u);
});

test('one async tag carries settings, integrity and nonce', options, () => {
  const { scripts } = run({ options: { edge_net: { ...settings, integrity: 'sha384-abc+/=' } }, nonce: 'n0nce', shortcodes: [['edge_net', ''], ['edge_net_widget', '']] });
  assert.equal(scripts.match(/<script/gu)?.length, 1);
  assert.match(scripts, new RegExp(`src='https://cdn\\.jsdelivr\\.net/npm/@ruvector/edge-net@${version.replaceAll('.', '\\.')}/dist/edge-net\\.global\\.js'`, 'u'));
  for (const part of ['async', 'data-edge-net=""', 'data-relays="wss://relay.example/gun"', 'data-site-id="shop"', 'data-widget="bottom-start"', 'data-consent="ask"', 'data-cpu-limit="0.3"', 'integrity="sha384-abc+/="', 'crossorigin="anonymous"', 'nonce="n0nce"']) {
    assert.ok(scripts.includes(` ${part}`), `${part} in ${scripts}`);
  }
});

test('what another plugin writes before our tag stays as it is', options, () => {
  const inline = `<script id="edge-net-js-before">globalThis.EDGE_NET_BASE = '/edge-net/'; // <script src="x">\n</script>\n`;
  const { scripts } = run({ options: { edge_net: { ...settings, integrity: 'sha384-abc=' } }, inline });
  assert.ok(scripts.startsWith(inline), scripts);
  assert.match(scripts.slice(inline.length), /^<script data-edge-net=""[^>]+ integrity="sha384-abc=" crossorigin="anonymous" src='/u);
});

test('a page that the settings leave out has the script where a shortcode stands', options, () => {
  const edge_net = { ...settings, everywhere: '' };
  assert.equal(run({ options: { edge_net } }).scripts, '');
  assert.match(run({ options: { edge_net }, shortcodes: [['edge_net', '']] }).scripts, /edge-net\.global\.js/u);
});

test('shortcodes give elements with words and numbers in their range', options, () => {
  const { shortcodes } = run({ options: { edge_net: settings }, shortcodes: [['edge_net_widget', { theme: 'dark' }], ['edge_net_leaderboard', { limit: '5' }], ['edge_net_leaderboard', { limit: '100000' }]] });
  assert.equal(shortcodes[0], '<edge-net-widget theme="dark"></edge-net-widget>');
  assert.match(shortcodes[1]!, /^<edge-net-leaderboard theme="auto" limit="5" metric="credits"><\/edge-net-leaderboard>$/u);
  assert.match(shortcodes[2]!, / limit="100" /u);
});

test('nothing hostile reaches a page, from shortcodes or from the database', options, () => {
  const edge_net = { relay: `javascript:alert(1) wss://relay.example/"onload=alert(1) ${HOSTILE}`, site_id: HOSTILE, cdn: `javascript:alert(1)//${HOSTILE}`, integrity: HOSTILE, widget: HOSTILE, consent: 'granted', cpu_limit: HOSTILE, everywhere: '1' };
  const { scripts, shortcodes } = run({ options: { edge_net }, nonce: HOSTILE, shortcodes: [['edge_net_widget', { theme: HOSTILE, onload: HOSTILE }], ['edge_net_leaderboard', { limit: HOSTILE, metric: HOSTILE, theme: HOSTILE }]] });
  assert.equal(shortcodes[0], '<edge-net-widget theme="auto"></edge-net-widget>');
  assert.equal(shortcodes[1], '<edge-net-leaderboard theme="auto" limit="1" metric="credits"></edge-net-leaderboard>');
  assert.equal(scripts.match(/<script/gu)?.length, 1, scripts);
  // Outside of quoted values there is nothing but the tag's own attributes.
  assert.match(scripts.replace(/="[^"]*"|='[^']*'/gu, ''), /^<script(?: (?:data-[a-z-]+|src|id|async|nonce))+><\/script>\n$/u);
  assert.doesNotMatch(scripts, /javascript:|integrity/u);
  assert.match(scripts, /data-consent="ask"/u);
  assert.match(scripts, /data-cpu-limit="0\.3"/u);
});

test('an option that is no array is taken for none', options, () => {
  for (const edge_net of ['', 'text', 7, null]) assert.equal(run({ options: { edge_net } }).scripts, '');
});

test('the settings page is for those who may manage options, names every field, and escapes what it shows', options, () => {
  const options = { edge_net: { ...settings, site_id: HOSTILE } };
  assert.equal(run({ admin: true, options }).page, '');
  const { page, capability } = run({ admin: true, can: true, options });
  assert.equal(capability, 'manage_options');
  for (const name of ['relay', 'site_id', 'widget', 'consent', 'cpu_limit', 'everywhere', 'cdn', 'integrity']) {
    assert.match(page, new RegExp(`id="edge_net_${name}" name="edge_net\\[${name}\\]"`, 'u'));
    assert.match(page, new RegExp(`<label for="edge_net_${name}">`, 'u'));
  }
  assert.match(page, /name="_wpnonce"/u);
  assert.doesNotMatch(page, /alert/u);
});

test('saving cleans each field, and keeps what is good', options, () => {
  const saves = { relay: 'wss://a.example/gun, http://b.example ws://127.0.0.1:8765/gun', site_id: ' shop ', cdn: 'https://files.example/edge-net', integrity: 'sha384-abc=', widget: 'off', consent: 'denied', cpu_limit: '0.25', everywhere: '1', more: 'x' };
  assert.deepEqual(run({ admin: true, saves }).saved, {
    relay: 'wss://a.example/gun ws://127.0.0.1:8765/gun', site_id: 'shop', cdn: 'https://files.example/edge-net/', integrity: 'sha384-abc=', widget: 'off', consent: 'denied', cpu_limit: '0.25', everywhere: '1',
  });
  assert.equal(run({ admin: true, saves: 'no form' }).saved['relay'], '');
  assert.equal(run({ admin: true, saves: { relay: ['wss://a.example'], cpu_limit: '7' } }).saved['cpu_limit'], '0.3');
});

test('deleting the plugin leaves no option', options, () => {
  assert.deepEqual(run({ uninstall: true, options: { edge_net: settings } }).options, {});
});
