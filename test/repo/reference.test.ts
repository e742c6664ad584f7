import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_WORDS } from '../../src/commands/exit-words.ts';
import { EXIT } from '../../src/core/exit.ts';
import { ROOT } from '../support/source-file.ts';

const text = (name: string) => readFileSync(join(ROOT, name), 'utf8');

/** The words of `type NAME = 'a' | 'b'`, as the source has them. */
function wordsOfType(path: string, name: string): string[] {
  const [, body = ''] = new RegExp(`^export type ${name} =([^;]*);`, 'm').exec(text(path)) ?? [];
  return [...body.matchAll(/'([^']+)'/g)].map(([, word = '']) => word);
}

/** The first cells of the table under a heading, without backticks. */
function firstCells(page: string, heading: string): string[] {
  const [, part = ''] = new RegExp(`^## ${heading}\n(.*?)(?=^## |$(?![\\s\\S]))`, 'ms').exec(text(page)) ?? [];
  const rows = [...part.matchAll(/^\| ([^|]+?) +\|/gm)].map(([, cell = '']) => cell.replaceAll('`', ''));
  return rows.filter((cell) => !/^-+$/.test(cell)).slice(1);
}

const PAGE = 'docs/verdicts.md';

describe('the reference of what rollcall says', () => {
  for (const [heading, path, name, least] of [
    ['Verdicts', 'src/core/outcome.ts', 'VerdictKind', 6],
    ['Breaches', 'src/core/expectation.ts', 'BreachKind', 5],
    ['Reasons for being blind', 'src/core/report.ts', 'BlindReason', 10],
    ['Troubles of the watcher', 'src/loop/troubles.ts', 'TroubleName', 20],
  ] as const)
    it(`has each of ${name} once, and no other, under "${heading}"`, () => {
      const words = wordsOfType(path, name);
      assert.ok(words.length >= least, `${words.length} words of ${name} found`);
      assert.deepEqual(firstCells(PAGE, heading).toSorted(), words.toSorted());
    });

  it('has each exit code once, in the words of the manual', () => {
    const cells = firstCells(PAGE, 'Exit codes');
    assert.deepEqual(cells.map(Number), Object.values(EXIT));
    for (const [name, words] of Object.entries(EXIT_WORDS))
      assert.match(text(PAGE), new RegExp(`^\\| ${EXIT[name as keyof typeof EXIT]} +\\| ${words} +\\|$`, 'm'));
  });

  it('is a guard that finds a word left out and one too many', () => {
    assert.deepEqual(wordsOfType('src/core/expectation.ts', 'NoSuchType'), []);
    assert.deepEqual(firstCells(PAGE, 'No such heading'), []);
    assert.ok(!firstCells(PAGE, 'Verdicts').includes('stale'));
  });
});
