import type { PostgresVersion } from '../support/postgres.ts';
import type { Cell } from './cell.ts';
import { playRow } from './play-row.ts';
import type { Row } from './row.ts';
import { Servers } from './servers.ts';

/** Rows played at the same time: each waits most of its time. */
const LANES = 12;

/** Plays every row on every version and says each cell as it ends. */
export async function playTable(
  rows: readonly Row[],
  versions: readonly PostgresVersion[],
  say: (cell: Cell) => void = () => {},
): Promise<Cell[]> {
  await using servers = new Servers();
  const cells: Cell[] = [];
  const waiting = wantedCells(rows, versions);
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const cell = await playRow(next.row, next.version, servers);
      cells.push(cell);
      say(cell);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return cells;
}

/** Every cell that should be there and is not, as `row on version`. */
export function missingCells(rows: readonly Row[], versions: readonly PostgresVersion[], cells: readonly Cell[]): string[] {
  const there = new Set(cells.map(nameOf));
  return wantedCells(rows, versions)
    .map(({ row, version }) => nameOf({ row: row.name, version }))
    .filter((name) => !there.has(name));
}

function wantedCells(rows: readonly Row[], versions: readonly PostgresVersion[]): { row: Row; version: PostgresVersion }[] {
  return versions.flatMap((version) =>
    rows.filter(({ only }) => only?.versions.includes(version) ?? true).map((row) => ({ row, version })),
  );
}

function nameOf({ row, version }: Pick<Cell, 'row' | 'version'>): string {
  return `${row} on ${version}`;
}
