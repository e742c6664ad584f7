import type { Cell } from './cell.ts';

const HEAD = ['row', 'PostgreSQL', 'verdict', 'seconds', 'allowed', ''];

/** The table as text, in the order of `names` and then of versions; each wrong cell is followed by why. */
export function printTable(names: readonly string[], cells: readonly Cell[]): string {
  const order = new Map(names.map((name, index) => [name, index]));
  const sorted = cells.toSorted((a, b) => (order.get(a.row) ?? 0) - (order.get(b.row) ?? 0) || a.version - b.version);
  const lines = sorted.map((cell) => ({ texts: columns(cell), wrong: cell.wrong }));
  const widths = HEAD.map((head, index) => Math.max(head.length, ...lines.map(({ texts }) => texts[index]?.length ?? 0)));
  const align = (texts: readonly string[]): string =>
    texts
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return [align(HEAD), ...lines.flatMap(({ texts, wrong }) => [align(texts), ...(wrong === undefined ? [] : [`    ${wrong}`])])].join('\n');
}

function columns({ row, version, verdict, observed, allowed, wrong }: Cell): string[] {
  const seconds = (value: number | undefined): string => (value === undefined ? 'none' : value.toFixed(2));
  return [row, String(version), verdict, seconds(observed), seconds(allowed), wrong === undefined ? 'right' : 'WRONG'];
}
