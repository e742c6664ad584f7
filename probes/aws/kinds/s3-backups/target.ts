import type { Facet } from '../../../../src/probe.ts';
import type { AwsTarget } from '../../kind.ts';
import type { Canaries } from '../../s3/fields.ts';

/** A set of objects of one bucket; `key` and `scope` are the bucket and the prefix that is listed, with a slash between them. */
export interface BackupsTarget extends AwsTarget {
  readonly scope: string;
  readonly bucket: string;
  readonly pattern: string;
  /** False: the store's dates of creation say nothing. */
  readonly dated: boolean;
  /** Over which time `written` counts; ms. */
  readonly writtenWithin: number;
  /** What must be locked: of how many of the newest, and at least how. */
  readonly lock?: { readonly newest: number; readonly mode: 'compliance' | 'governance' } | undefined;
  readonly canaries: Canaries;
  readonly inspected: readonly Facet[];
}

export const COUNT: Facet = 'content/count';
export const SIZE: Facet = 'content/size';
export const NEWEST: Facet = 'freshness/newest';
export const REACH: Facet = 'content/reach';
export const WRITTEN: Facet = 'content/written';
export const LOCK: Facet = 'protection/lock';
export const MARKERS: Facet = 'content/delete_markers';

/** How many of the newest may be asked for one by one in one inspection. */
export const LOCKED_MOST = 100;

/** Bucket and prefix of a listing. A bucket's name has no slash. */
export function placeOf(scope: string): { readonly bucket: string; readonly prefix: string } {
  const at = scope.indexOf('/');
  return { bucket: scope.slice(0, at), prefix: scope.slice(at + 1) };
}
