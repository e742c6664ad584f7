import type { Check, Depth, Facet } from '../../src/probe.ts';

/** The facets that a look at `depth` must answer for: presence and identity come from the sweep, the others from where their checks are. */
export function facetsAt(checks: readonly Check[], depth: Depth): readonly Facet[] {
  const known = KNOWN.get(checks);
  if (known) return known[depth];
  const at = (one: Depth): Facet[] => [
    ...new Set([
      ...(one === 'sweep' ? (['presence', 'identity'] as const) : []),
      ...checks.filter((check) => check.depth === one).map((check) => check.facet),
    ]),
  ];
  const made = { sweep: at('sweep'), inspect: at('inspect') };
  KNOWN.set(checks, made);
  return made[depth];
}

/** A sweep over ten thousand asks each time, and the answer never changes. */
const KNOWN = new WeakMap<readonly Check[], Readonly<Record<Depth, readonly Facet[]>>>();
