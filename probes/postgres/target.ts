import type { Facet, Identity } from '../../src/probe.ts';
import { OBJECTS } from '../../src/probe-kit/object-counts.ts';
import { freshFacet, oldestFacet, tableFacet, type RowCount } from '../../src/probe-kit/table-rows.ts';
import type { TableName } from './table-name.ts';

/** What is asked of one table. `key` is how the manifest writes its name and how facets and measures are called. */
export interface TableTarget extends TableName, RowCount {
  readonly key: string;
  readonly churn: boolean;
  /** Columns it must have. */
  readonly columns: readonly string[];
  readonly sentinel?: { readonly key: string; readonly column?: string };
  readonly fresh?: { readonly column: string };
  readonly oldest?: { readonly column: string };
}

/** One sequence; `table` is its own name, which it has among the tables of its schema. */
export interface SequenceTarget extends TableName {
  readonly key: string;
}

/** One wanted database. `identity` is what the manifest says of it, not what was learned. */
export interface DatabaseTarget {
  readonly name: string;
  readonly identity: Identity;
  readonly tripwire: boolean;
  readonly tables: readonly TableTarget[];
  readonly size: boolean;
  readonly objects: boolean;
  /** Whether TRUNCATE statements are counted. */
  readonly truncates: boolean;
  readonly sequences: readonly SequenceTarget[];
  readonly archiving: boolean;
  readonly slots: readonly string[];
  /** By their application_name. */
  readonly standbys: readonly string[];
  /** Who alone may be superuser or own anything; empty where nobody says. */
  readonly owners: readonly string[];
}

export const CONNECTIONS: Facet = 'protection/connections';
/** Only for databases that are inspected: it makes an inspection due, and nothing else. */
export const ACTIVITY: Facet = 'precursor/activity';
export const SIZE: Facet = 'content/size';
export const LOCKS: Facet = 'precursor/locks';
export const ARCHIVING: Facet = 'protection/archiving';
export const SLOTS: Facet = 'protection/slots';
export const STANDBYS: Facet = 'protection/standbys';
export const OWNERS: Facet = 'protection/owners';
// Each need of a right of its own is a facet of its own: a lack of one must not blind the others.
export const columnsFacet = (key: string): Facet => `content/columns.${key}`;
export const churnFacet = (key: string): Facet => `content/churn.${key}`;
export const sentinelFacet = (key: string): Facet => `content/sentinels.${key}`;
export const TRUNCATES: Facet = 'content/truncates';
export const sequenceFacet = (key: string): Facet => `content/sequences.${key}`;

/** What a sweep must speak for. */
export function sweptFacets(target: DatabaseTarget): readonly Facet[] {
  return isInspected(target) ? SWEPT_AND_INSPECTED : SWEPT;
}

// The same two lists for all: they are asked for a thousand times a second, and every report keeps one.
const SWEPT: readonly Facet[] = ['presence', 'identity', CONNECTIONS];
const SWEPT_AND_INSPECTED: readonly Facet[] = [...SWEPT, ACTIVITY];

/** True where anything of it takes an inspection. */
export function isInspected({ tables, size, objects, sequences, truncates, archiving, slots, standbys, owners }: DatabaseTarget): boolean {
  return (
    size ||
    truncates ||
    objects ||
    archiving ||
    sequences.length > 0 ||
    tables.length > 0 ||
    slots.length > 0 ||
    standbys.length > 0 ||
    owners.length > 0
  );
}

/** True where a session in it is needed. */
export function looksInside(target: DatabaseTarget): boolean {
  return target.tripwire || isInspected(target);
}

/** What an inspection of this database must speak for. */
export function inspectedFacets({
  tables,
  size,
  objects,
  sequences,
  truncates,
  archiving,
  slots,
  standbys,
  owners,
}: DatabaseTarget): Facet[] {
  const asked: [Facet, boolean][] = [
    [LOCKS, tables.length > 0],
    [ARCHIVING, archiving],
    [SLOTS, slots.length > 0],
    [STANDBYS, standbys.length > 0],
    [OWNERS, owners.length > 0],
    [TRUNCATES, truncates],
    [OBJECTS, objects],
    [SIZE, size],
  ];
  return [
    ...asked.flatMap(([facet, is]) => (is ? [facet] : [])),
    ...sequences.map(({ key }) => sequenceFacet(key)),
    ...tables.flatMap(tableFacets),
  ];
}

export function tableFacets({ key, columns, churn, sentinel, fresh, oldest }: TableTarget): Facet[] {
  return [
    tableFacet(key),
    ...(columns.length > 0 ? [columnsFacet(key)] : []),
    ...(churn ? [churnFacet(key)] : []),
    ...(sentinel ? [sentinelFacet(key)] : []),
    ...(fresh ? [freshFacet(key)] : []),
    ...(oldest ? [oldestFacet(key)] : []),
  ];
}
