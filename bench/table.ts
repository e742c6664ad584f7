import type { Row } from './row.ts';

const HEAD = ['scenario', 'on', 'figure', 'rollcall', 'floor', 'ratio', 'target', 'floor is'];

/** The rows as a table for people. */
export function printTable(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function cellsOf({ scenario, on, figure, unit, subject, floor, ratio, target }: Row): string[] {
  const verdict = target ? `${target.met ? 'ok' : 'MISSED'} ${target.says}` : '';
  return [
    scenario,
    on,
    figure,
    `${digits(subject.value)} ${unit}`,
    `${digits(floor.value)} ${unit}`,
    ratio === null ? '-' : digits(ratio),
    verdict,
    floor.name,
  ];
}

/** Three significant digits: more would claim what one run on a shared machine does not know. */
function digits(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '-';
}
