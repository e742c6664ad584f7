import type { Check, Depth, Facet } from '../../src/probe.ts';

/** The facets that a look at `depth` must answer for: presence and identity come from the sweep, the others from where their checks are. */
export function facetsAt(checks: readonly Check[], depth: Depth): Facet[] {
  const own: Facet[] = depth === 'sweep' ? ['presence', 'identity'] : [];
  return [...new Set([...own, ...checks.filter((check) => check.depth === depth).map((check) => check.facet)])];
}

export const MOUNTED: Facet = 'content/mounted';
export const USED: Facet = 'content/used';
export const NEWEST: Facet = 'freshness/newest';
export const COUNT: Facet = 'content/count';
export const SIZE: Facet = 'content/size';
export const COMPLETE: Facet = 'content/complete';

export function containsFacet(path: string): Facet {
  return `content/contains.${path}`;
}

export function sentinelFacet(path: string): Facet {
  return `content/sentinels.${path}`;
}
