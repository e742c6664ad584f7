import { OBJECTS } from '../../src/probe-kit/object-counts.ts';
import { freshFacet, oldestFacet, tableFacet, type RowCount } from '../../src/probe-kit/table-rows.ts';
import type { Facet, Identity } from '../../src/probe.ts';

/** What is asked of one table. */
export interface TableTarget extends RowCount {
  readonly name: string;
  readonly fresh?: { readonly column: string };
  readonly oldest?: { readonly column: string };
}

/** One wanted database. `identity` is what the manifest says of it, not what was learned. */
export interface DatabaseTarget {
  readonly name: string;
  readonly identity: Identity;
  readonly tables: readonly TableTarget[];
  readonly binlog: boolean;
  /** Whether binary logs are counted, which takes a right of its own. */
  readonly binlogFiles: boolean;
}

/** It makes an inspection due, and nothing else. */
export const ACTIVITY: Facet = 'precursor/activity';
export const BINLOG: Facet = 'protection/binlog';
export const BINLOG_FILES: Facet = 'protection/binlog_files';

/** What a sweep must speak for. */
export const SWEPT: readonly Facet[] = ['presence', 'identity', ACTIVITY];

/** What an inspection of this database must speak for; each need of a right of its own is a facet of its own. */
export function inspectedFacets({ tables, binlog, binlogFiles }: DatabaseTarget): Facet[] {
  return [
    OBJECTS,
    ...(binlog ? [BINLOG] : []),
    ...(binlogFiles ? [BINLOG_FILES] : []),
    ...tables.flatMap(({ name, fresh, oldest }) => [
      tableFacet(name),
      ...(fresh ? [freshFacet(name)] : []),
      ...(oldest ? [oldestFacet(name)] : []),
    ]),
  ];
}
