/** `npm run truth`: plays the whole table on every version at hand, prints it, and fails where a cell is wrong or missing. */
import { parseArgs } from 'node:util';
import { POSTGRES_VERSIONS } from '../support/postgres.ts';
import { missingCells, playTable } from './play-table.ts';
import { printTable } from './print-table.ts';
import { ROWS } from './rows/index.ts';

const { values } = parseArgs({ options: { row: { type: 'string', default: '' }, version: { type: 'string' } } });
const rows = ROWS.filter(({ name }) => name.includes(values.row));
const versions = POSTGRES_VERSIONS.filter((version) => values.version === undefined || String(version) === values.version);
const began = performance.now();
const cells = await playTable(rows, versions, ({ row, version, wrong }) => {
  if (process.stderr.isTTY) process.stderr.write(`${wrong === undefined ? 'right' : 'WRONG'}  ${row} on ${version}\n`);
});
const missing = missingCells(rows, versions, cells);
const wrong = cells.filter((cell) => cell.wrong !== undefined);
console.log(
  printTable(
    rows.map(({ name }) => name),
    cells,
  ),
);
for (const { name, only } of rows) if (only) console.log(`    ${name}: only on ${only.versions.join(', ')}, ${only.why}`);
for (const name of missing) console.log(`MISSING  ${name}`);
const whole = rows.length === ROWS.length && versions.length === POSTGRES_VERSIONS.length;
const took = Math.round((performance.now() - began) / 1000);
console.log(
  `\n${cells.length - wrong.length} right, ${wrong.length} wrong, ${missing.length} missing, of ${rows.length} rows on ${versions.join(', ')} in ${took} s`,
);
if (!whole) console.log(`a part of the table: ${ROWS.length} rows on ${POSTGRES_VERSIONS.join(', ')} are the whole`);
process.exitCode = wrong.length + missing.length > 0 || cells.length === 0 ? 1 : 0;
