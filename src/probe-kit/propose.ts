import type { Found } from '../probe.ts';
import { groupDigits } from '../values/digits.ts';
import { floorUnder } from '../values/floor-under.ts';
import { notePath } from '../values/note-path.ts';
import { formatSize } from '../values/size.ts';

/** A table as a catalogue and its statistics describe it, and as it was counted where that was cheap enough. */
export interface CountedTable {
  /** As the manifest names it. */
  readonly key: string;
  /** Estimated rows; null where nobody knows. */
  readonly rows: number | null;
  /** Estimated bytes. */
  readonly bytes: number;
  /** Whether the watcher may count it. */
  readonly readable: boolean;
  /** Exact; null where only the estimate is known. */
  readonly counted: number | null;
}

/** What one look into a database found. */
export interface DatabaseContents {
  readonly size: number;
  /** The largest first. */
  readonly tables: readonly CountedTable[];
}

/** Tables listed of one database; more are counted only. */
export const MOST_TABLES = 1000;
/** Tables named one by one, the largest: of the others `objects` asks how many there are. */
export const NAMED_TABLES = 40;
/** Above this a whole count at every inspection is no small thing; then only a floor is asked, and counted no further. */
const COUNTED_WHOLE = 1024 ** 3;
/** Fewer rows than this go up and down by themselves. */
const FEW_ROWS = 100;
const MARGIN = { counted: 0.1, estimated: 0.2 };

type Proposal = Pick<Found, 'expect' | 'inspect' | 'facts' | 'notes'>;

/**
 * What to demand of a database, from what it holds now: floors with a margin below, and a cadence that its size can bear. `sized`: whether
 * its kind holds a database to its size.
 */
export function propose({ size, tables }: DatabaseContents, { sized }: { readonly sized: boolean }): Proposal {
  const named = tables.slice(0, NAMED_TABLES);
  const more = tables.length > MOST_TABLES ? `more than ${MOST_TABLES}` : String(tables.length);
  const rows = tables.reduce((sum, { counted, rows: estimate }) => sum + (counted ?? estimate ?? 0), 0);
  const held =
    tables.length === 0 ? 'no tables' : `${more} ${tables.length === 1 ? 'table' : 'tables'}, about ${groupDigits(Math.round(rows))} rows`;
  const facts = [`${formatSize(size)}, ${held}`];
  if (tables.length > named.length) facts.push(`only the ${NAMED_TABLES} largest tables are named; objects asks that the others stay`);
  const inspect = cadenceFor(Math.max(0, ...named.map(({ bytes }) => bytes)));
  if (inspect !== undefined) facts.push(`inspected every ${inspect}: its largest table has ${formatSize(named[0]?.bytes ?? 0)}`);
  const notes = new Map(named.map((table) => [notePath('expect', 'tables', table.key), noteOf(table)]));
  return {
    facts,
    notes,
    ...(inspect !== undefined && { inspect }),
    ...(named.length > 0 && {
      expect: {
        tables: Object.fromEntries(named.map((table) => [table.key, expectOf(table)])),
        ...(sized && rows >= FEW_ROWS && { max_shrink: '30%' }),
        ...(tables.length > named.length && { objects: { tables: { min: floorUnder(tables.length, 0.1), max_shrink: '10%' } } }),
      },
    }),
  };
}

function expectOf({ counted, rows: estimate, bytes, readable }: CountedTable): Record<string, unknown> {
  const [rows, margin] = counted === null ? [estimate, MARGIN.estimated] : [counted, MARGIN.counted];
  if (rows === null || rows < 1) return {};
  const whole = rows >= FEW_ROWS && bytes <= COUNTED_WHOLE && readable;
  return { min_rows: floorUnder(rows, margin), ...(whole && { max_shrink: '10%' }) };
}

function noteOf({ counted, rows, bytes, readable }: CountedTable): string {
  const said =
    counted !== null
      ? `${groupDigits(counted)} rows counted`
      : rows === null
        ? 'never analyzed: nobody knows how many rows'
        : `about ${groupDigits(Math.round(rows))} rows by the last analyze`;
  return [
    said,
    ...(bytes > 0 ? [formatSize(bytes)] : []),
    ...((counted ?? rows) === 0 ? ['only that it is there is asked'] : []),
    ...(readable ? [] : ['this role may not count it yet']),
  ].join(', ');
}

/** How often a database is inspected whose largest table has so many bytes; undefined where the default will do. */
function cadenceFor(bytes: number): string | undefined {
  const step = [
    { from: 500 * 1024 ** 3, every: '6h' },
    { from: 50 * 1024 ** 3, every: '1h' },
    { from: 5 * 1024 ** 3, every: '10m' },
  ].find(({ from }) => bytes >= from);
  return step?.every;
}
