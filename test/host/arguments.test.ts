import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { idsLast } from '../../src/relay/commands/arguments.js';

const TASK = `-${'a'.repeat(21)}`;
const RECORD = `--${'b'.repeat(41)}`;

test('ids that look like options are told apart from them, by their length', () => {
  assert.deepEqual(idsLast(['result', TASK, '--json', '--relay', 'ws://x']), ['result', '--json', '--relay', 'ws://x', '--', TASK]);
  assert.deepEqual(idsLast(['collection', 'insert', RECORD, '--json']), ['collection', 'insert', '--json', '--', RECORD]);
  for (const args of [['relay', '--port', '0'], ['result', 'x'.repeat(22), '--max-credits', '3'], ['result', '--', TASK], []]) assert.deepEqual(idsLast(args), args);
});

test('the commands take them', () => {
  for (const args of [['result', TASK], ['collection', 'delete', RECORD], ['collection', 'extend', RECORD, '--credits', '1']]) {
    const cli = fileURLToPath(new URL('../../src/relay/cli.ts', import.meta.url));
    const { stderr } = spawnSync(process.execPath, ['--import', 'tsx', cli, ...args, '--relay', 'ws://127.0.0.1:9/gun', '--json'], { encoding: 'utf8' });
    assert.match(stderr, /config-invalid: .*--data/u, `${args.join(' ')} got as far as to ask for its account`);
  }
});
