import assert from 'node:assert/strict';
import type { PostgresVersion } from '../support/postgres.ts';
import type { Cell } from './cell.ts';
import { missingCells, playTable } from './play-table.ts';
import { ROWS } from './rows/index.ts';

/** `npm run truth` holds the seconds; beside a whole test run on a busy machine only the verdicts can be held. */
const PATIENCE = 12;

/** Holds the whole table on one version, a test for each row. */
export function holdTable(version: PostgresVersion): void {
  const rows = ROWS.filter(({ only }) => only?.versions.includes(version) ?? true).map((row) =>
    row.paged === 'nothing' ? row : { ...row, paged: { ...row.paged, within: row.paged.within * PATIENCE } },
  );
  describe(`the truth table on PostgreSQL ${version}`, function () {
    this.timeout(600_000);
    let cells: readonly Cell[] = [];

    before(async () => {
      cells = await playTable(rows, [version]);
    });

    it('has no two rows of one name and no cell missing', () => {
      assert.equal(new Set(ROWS.map(({ name }) => name)).size, ROWS.length);
      assert.deepEqual(missingCells(rows, [version], cells), []);
    });

    for (const { name, paged } of rows)
      it(`${name}: ${paged === 'nothing' ? 'nobody is woken' : `${paged.verdict} within ${paged.within} s`}`, () => {
        const cell = cells.find(({ row }) => row === name);
        assert.equal(cell?.wrong, undefined, `${cell?.verdict}: ${cell?.wrong}`);
      });
  });
}
