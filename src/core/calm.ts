import type { FacetState } from './facet.ts';
import type { Memory } from './memory.ts';
import type { Evidence, Measure, Seen } from './report.ts';
import type { ResourceState } from './state.ts';

interface Known {
  readonly state: ResourceState;
  readonly memory: Memory;
}

/**
 * True where a look left everything as it was, but for when it was made and what was seen of it then: all good, all in sight, nothing
 * counted on, nothing remembered anew. Neither `judge` nor `step` nor `remember` asks such a record for anything that a look like it
 * moves, so the next look like it does the same: of many in a row, only the last has to be judged. (A property test holds the two ways equal.)
 */
export function leftAlone(before: Known, after: Known): boolean {
  if (before.memory !== after.memory || after.state.harm !== null || after.state.blind) return false;
  const [was, is] = [before.state.facets, after.state.facets];
  const names = Object.keys(is);
  return names.length === Object.keys(was).length && names.every((name) => isStill(was[name], is[name]));
}

function isStill(was: FacetState | undefined, is: FacetState | undefined): boolean {
  return (
    was !== undefined &&
    is !== undefined &&
    was.standing === 'good' &&
    is.standing === 'good' &&
    is.outcome?.is === 'good' &&
    is.outcome.suspicion === undefined &&
    was.marks === is.marks &&
    was.run === is.run &&
    was.calm === is.calm &&
    was.sight === is.sight &&
    !is.sight.blindNow &&
    is.sight.dark.length === 0
  );
}

/** True where two looks that saw a resource said the same of it, but for the time. */
export function saidAlike(a: Seen, b: Seen): boolean {
  // What marks for deletion is news each time.
  if (a.doom || b.doom) return false;
  return sameEvidence(a.evidence, b.evidence) && sameFacets(a, b) && samePin(a, b) && sameMeasures(a, b);
}

function sameEvidence(a: Evidence, b: Evidence): boolean {
  return a.excerpt === b.excerpt && a.method === b.method && a.vantage === b.vantage;
}

function sameFacets({ looked: a }: Seen, { looked: b }: Seen): boolean {
  return a === b || (a.length === b.length && a.every((facet, n) => facet === b[n]));
}

function samePin({ pin: a }: Seen, { pin: b }: Seen): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function sameMeasures({ measures: a }: Seen, { measures: b }: Seen): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => sameMeasure(a[name], b[name]));
}

function sameMeasure(a: Measure | undefined, b: Measure | undefined): boolean {
  return a === b || (a?.value === b?.value && a?.epoch === b?.epoch && a?.unit === b?.unit && a?.how === b?.how);
}
