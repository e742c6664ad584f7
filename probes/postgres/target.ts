import type { Facet, Identity } from '../../src/probe.ts';
import type { TableName } from './table-name.ts';

/** What is asked of one table. `key` is how the manifest writes its name and how facets and measures are called. */
export interface TableTarget extends TableName {
  readonly key: string;
  /** `exists`: no count; `floor`: no further than `floor` rows; `full`: all of them. */
  readonly count: 'exists' | 'floor' | 'full';
  readonly floor: number;
  readonly churn: boolean;
  readonly sentinel?: { readonly key: string; readonly column?: string };
  readonly fresh?: { readonly column: string };
}

/** One wanted database. `identity` is what the manifest says of it, not what was learned. */
export interface DatabaseTarget {
  readonly name: string;
  readonly identity: Identity;
  readonly tripwire: boolean;
  readonly tables: readonly TableTarget[];
  readonly size: boolean;
}

export const CONNECTIONS: Facet = 'protection/connections';
export const SIZE: Facet = 'content/size';
// Each need of a right of its own is a facet of its own: a lack of one must not blind the others.
export const tableFacet = (key: string): Facet => `content/tables.${key}`;
export const churnFacet = (key: string): Facet => `content/churn.${key}`;
export const sentinelFacet = (key: string): Facet => `content/sentinels.${key}`;
export const freshFacet = (key: string): Facet => `freshness/tables.${key}`;

/** What an inspection of this database must speak for. */
export function inspectedFacets({ tables, size }: DatabaseTarget): Facet[] {
  return [...(size ? [SIZE] : []), ...tables.flatMap(tableFacets)];
}

export function tableFacets({ key, churn, sentinel, fresh }: TableTarget): Facet[] {
  return [
    tableFacet(key),
    ...(churn ? [churnFacet(key)] : []),
    ...(sentinel ? [sentinelFacet(key)] : []),
    ...(fresh ? [freshFacet(key)] : []),
  ];
}
