/** README's table of sizes is held to the build, within what compressors differ by. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
// @ts-expect-error a plain script without types
import { outdated, table } from '../../scripts/size.mjs';

interface Row {
  readonly what: string;
  readonly kb: number;
  readonly budgetKb?: number;
}

const outdatedRows = outdated as (readme: string, rows: readonly Row[]) => string[];
const readme = (rows: readonly Row[]): string => `# a\n<!-- sizes -->\n${(table as (rows: readonly Row[]) => string)(rows)}<!-- /sizes -->\n`;

const ROWS: readonly Row[] = [{ what: 'entry', kb: 9.3, budgetKb: 10 }, { what: 'kernel', kb: 60 }];

test('what was written from the build agrees with it', () => {
  assert.deepEqual(outdatedRows(readme(ROWS), ROWS), []);
});

test('0.1 KB or two in a hundred more or less is the same, more is not', () => {
  assert.deepEqual(outdatedRows(readme(ROWS), [{ what: 'entry', kb: 9.4, budgetKb: 10 }, { what: 'kernel', kb: 61 }]), []);
  assert.match(outdatedRows(readme(ROWS), [{ what: 'entry', kb: 9.5, budgetKb: 10 }, ROWS[1]!]).join('\n'), /"entry"/u);
  assert.match(outdatedRows(readme(ROWS), [ROWS[0]!, { what: 'kernel', kb: 62 }]).join('\n'), /"kernel"/u);
});

test('a row too few, a row too many, another budget and a block that is gone are told', () => {
  assert.equal(outdatedRows(readme(ROWS.slice(1)), ROWS).length, 1);
  assert.equal(outdatedRows(readme(ROWS), ROWS.slice(1)).length, 1);
  assert.equal(outdatedRows(readme(ROWS), [{ ...ROWS[0]!, budgetKb: 12 }, ROWS[1]!]).length, 1);
  assert.equal(outdatedRows('# a', ROWS).length, 1);
});
