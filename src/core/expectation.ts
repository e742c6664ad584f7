import type { Depth, Facet, Identity } from './report.ts';

/** What the manifest demands of a resource, in the one language every kind compiles its `expect` into. Plain data. */
export type Severity = 'critical' | 'warning';
export type BreachKind = 'diminished' | 'stale' | 'exposed' | 'unproven' | 'precursor';

/**
 * How a measure is compared.
 * - `at_least`, `at_most`, `equals`: against a bound that the manifest states.
 * - `shrinks_at_most`: against the highest value ever judged healthy (a baseline that only moves up). Where the measure is an
 *   estimate or a size, one of `corroboration` (other measures of the same look) must have fallen by the same share, or, named
 *   `!measure`, must have changed: no single number is trusted.
 * - `never_shrinks`: as above with a share of nothing, for growth-only tables.
 * - `churns_at_most`: a counter's step between two looks of one epoch, as a share of the baseline of `of`.
 * - `rises_at_most`: a counter's step between two looks of one epoch, against a bound.
 * - `jumps`: never breaks; makes an inspection due where a counter steps by `least` or more and by more than `factor` times the
 *   largest step of late, or begins anew.
 * - `falls`: never breaks; makes an inspection due where a size falls by `least` or more and by more than `factor` times the largest
 *   fall of late. It may be measured in turn, and not at every look.
 * - `restarts`: never breaks; makes an inspection due where a counter falls or begins anew.
 */
export type Rule =
  | { readonly is: 'at_least'; readonly bound: number }
  | { readonly is: 'at_most'; readonly bound: number }
  | { readonly is: 'equals'; readonly value: number | string }
  | { readonly is: 'shrinks_at_most'; readonly share: number; readonly corroboration: readonly string[] }
  | { readonly is: 'never_shrinks' }
  | { readonly is: 'churns_at_most'; readonly share: number; readonly of: string }
  | { readonly is: 'rises_at_most'; readonly bound: number }
  | { readonly is: 'jumps'; readonly least: number; readonly factor: number }
  | { readonly is: 'falls'; readonly least: number; readonly factor: number }
  | { readonly is: 'restarts' };

export interface Check {
  readonly facet: Facet;
  readonly depth: Depth;
  /** Where it stands in the manifest below `expect`: `tables.public.orders.min_rows`. */
  readonly path: string;
  /** The measure it compares, by the probe's name: `tables.public.orders.rows`. */
  readonly measure: string;
  readonly rule: Rule;
  readonly breach: BreachKind;
  /** Where it differs from the severity the breach has by default. */
  readonly severity?: Severity;
  /** What the measure is a measure of, for the sentence: `public.orders`. */
  readonly subject: string;
  /** Of the rule's bound, where a bare number would say nothing to a person. */
  readonly unit?: 'bytes' | 'ms';
  /** What is counted or said of it: `rows`; empty where the unit says it all. */
  readonly noun: string;
  /** The whole sentence for the breach, where "subject has value noun" would read badly: `table public.orders does not exist`. */
  readonly sentence?: string;
}

/** When to look: every so many milliseconds, or by a cron expression. */
export type Cadence = { readonly every: number } | { readonly cron: string };

/** One entry of the roll, compiled. `target` is the probe's own. */
export interface Resource {
  readonly id: string;
  readonly kind: string;
  readonly connection: string;
  readonly severity: Severity;
  readonly owner?: string;
  readonly runbook?: string;
  readonly identity: Identity;
  /** The key of the identity that names the vantage itself (which server, which account) rather than the resource. */
  readonly vantageKey?: string;
  readonly target: unknown;
  /** The entry's own keys as the manifest has them, for comparing two manifests. */
  readonly asked?: Readonly<Record<string, unknown>>;
  readonly checks: readonly Check[];
  readonly sweep: Cadence;
  readonly inspect: Cadence;
  /** How many bad looks of the last `confirm` + 1 make a page, and how many good ones in a row unmake it. */
  readonly confirm: number;
  readonly blindAfter: number;
  readonly protectedBy: readonly string[];
  readonly domain: Readonly<Record<string, string>>;
  /** True where the manifest asks for a held session. */
  readonly tripwire: boolean;
}

/** Every facet this resource must answer for, and the depth at which each is looked at. Presence and identity come from the sweep. */
export function expectedFacets(resource: Pick<Resource, 'checks'>): ReadonlyMap<Facet, Depth> {
  return facetsOf(resource.checks);
}

const facetsOf = perChecks((checks): ReadonlyMap<Facet, Depth> => {
  const facets = new Map<Facet, Depth>([
    ['presence', 'sweep'],
    ['identity', 'sweep'],
  ]);
  for (const check of checks) facets.set(check.facet, check.depth);
  return facets;
});

/** The facets of it that a look at this depth must speak for. */
export function dueFacets(resource: Pick<Resource, 'checks'>, depth: Depth): readonly Facet[] {
  return dueOf(resource.checks)[depth];
}

const dueOf = perChecks((checks) => {
  const at = (depth: Depth): Facet[] => [...facetsOf(checks)].flatMap(([facet, due]) => (due === depth ? [facet] : []));
  return { sweep: at('sweep'), inspect: at('inspect') };
});

/** What follows from a resource's checks alone, worked out once and not at every look. */
export function perChecks<T extends object>(work: (checks: readonly Check[]) => T): (checks: readonly Check[]) => T {
  const known = new WeakMap<readonly Check[], T>();
  return (checks) => {
    const before = known.get(checks);
    if (before) return before;
    const made = work(checks);
    known.set(checks, made);
    return made;
  };
}
