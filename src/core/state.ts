/**
 * The state machine of one resource: what its looks add up to. Pure; the only writer of `ResourceState`.
 * Standings are kept per facet, so that a sweep never clears what an inspection found, and two tracks run side by side:
 * `harm` (what was proven wrong) and `sight` (what could not be seen). Neither mutes the other.
 * Paging, receipts, repeats and resolves are the incident's machine: `incident.ts`.
 */
import { expectedFacets, type Resource } from './expectation.ts';
import { compareHarm, harmOf, needsNoConfirmation, type FacetJudgment, type HarmClass, type JudgedEvidence, type Outcome } from './outcome.ts';
import type { Depth, Facet, Instant } from './report.ts';
import { CLEAR_SIGHT, darkness, lookMade, resumeSight, type Sight } from './sight.ts';
import { addMark, confirmedHarm, type Mark } from './window.ts';

/** How long a resource must have been good, besides the looks it took to page, before an incident may resolve (law 7). */
export const GOOD_FOR_MS = 60_000;

export interface FacetState {
  readonly standing: 'unknown' | 'good' | 'suspect' | 'bad';
  /** The class this facet stands for while `bad`. */
  readonly harm: HarmClass | null;
  /** What the last look that could see found; while bad, what the last bad look found. */
  readonly outcome: Outcome | null;
  readonly evidence: readonly JudgedEvidence[];
  readonly marks: readonly Mark[];
  /** Good looks in a row since anything about this resource was last bad. */
  readonly run: { readonly count: number; readonly since: number };
  readonly sight: Sight;
}

export interface ResourceState {
  readonly facets: Readonly<Record<string, FacetState>>;
  /** The class that has been raised and not cleared. */
  readonly harm: HarmClass | null;
  readonly blind: boolean;
  readonly lastHealthy: Instant | null;
  readonly firstBad: Instant | null;
}

export const NEW: ResourceState = { facets: {}, harm: null, blind: false, lastHealthy: null, firstBad: null };

const NEW_FACET: FacetState = { standing: 'unknown', harm: null, outcome: null, evidence: [], marks: [], run: { count: 0, since: 0 }, sight: CLEAR_SIGHT };

export type StateEvent =
  | { readonly type: 'looked'; readonly at: Instant; readonly depth: Depth; readonly path: 'usual' | 'fresh'; readonly judgments: readonly FacetJudgment[] }
  /** Time passed. Only darkness grows by itself. */
  | { readonly type: 'tick'; readonly at: Instant }
  /** The watcher starts: the time it was down is nobody's darkness. */
  | { readonly type: 'resumed'; readonly at: Instant };

export type StateEffect =
  /** Look again, on a fresh path. `urgent` looks are owed to a suspicion and go before any budget. */
  | { readonly do: 'recheck'; readonly depth: Depth; readonly afterMs: number; readonly urgent: boolean }
  | { readonly do: 'raise'; readonly track: 'harm'; readonly harm: HarmClass }
  | { readonly do: 'raise'; readonly track: 'sight' }
  /** The same happening, told differently: milder, or another verdict of the same class. */
  | { readonly do: 'change'; readonly track: 'harm'; readonly harm: HarmClass }
  | { readonly do: 'clear'; readonly track: 'harm' | 'sight' };

export interface Stepped {
  readonly next: ResourceState;
  readonly effects: readonly StateEffect[];
}

/** Advances one resource by one event. */
export function step(resource: Resource, state: ResourceState, event: StateEvent): Stepped {
  switch (event.type) {
    case 'looked':
      return afterLook(resource, state, event);
    case 'tick':
      return weighSight(resource, state, event.at, []);
    case 'resumed': {
      const facets = mapFacets(state, (facet) => ({ ...facet, sight: resumeSight(facet.sight, event.at.steady) }));
      return { next: { ...state, facets }, effects: [] };
    }
  }
}

function afterLook(resource: Resource, state: ResourceState, event: StateEvent & { type: 'looked' }): Stepped {
  const expected = expectedFacets(resource);
  const anyBad = event.judgments.some((judgment) => harmOf(judgment.outcome));
  // Anything bad starts every facet's proof of health anew (law 7).
  const facets = { ...(anyBad ? mapFacets(state, (facet) => ({ ...facet, run: { count: 0, since: event.at.steady } })) : state.facets) };
  for (const judgment of event.judgments) facets[judgment.facet] = lookAtFacet(resource, facets[judgment.facet] ?? NEW_FACET, judgment, event);
  const wanted = [...expected.keys()];
  const looked = { ...state, facets };
  const harmed = weighHarm(resource, state, looked, event.at, wanted);
  const effects = [...harmed.effects, ...rechecks(resource, harmed.next, event, expected)];
  return weighSight(resource, harmed.next, event.at, effects);
}

function lookAtFacet(resource: Resource, facet: FacetState, judgment: FacetJudgment, event: StateEvent & { type: 'looked' }): FacetState {
  const { outcome, evidence } = judgment;
  const blind = outcome.is === 'blind' ? outcome : null;
  const sight = lookMade(facet.sight, event.at.steady, blind, resource.blindAfter);
  if (blind) return { ...facet, sight };
  const harm = harmOf(outcome) ?? null;
  const marks = addMark(facet.marks, { at: event.at, harm, fresh: event.path === 'fresh' }, resource.confirm);
  if (harm === null) return goodLook(resource, { ...facet, sight, marks }, outcome, evidence, event.at);
  const absent = outcome.is === 'lost' && outcome.how === 'absent';
  const confirmed = needsNoConfirmation(outcome) ? harm : confirmedHarm(marks, resource.confirm, absent);
  // Once bad, always at least as bad as it is now seen to be confirmed; a milder finding must earn its place by good looks at the graver.
  const standing = confirmed || facet.standing === 'bad' ? 'bad' : 'suspect';
  // The look before is kept beside this one: both looks are the evidence.
  const both = facet.standing === 'good' || facet.standing === 'unknown' ? evidence : [...facet.evidence.slice(-1), ...evidence];
  return { ...facet, sight, marks, standing, harm: confirmed ?? facet.harm, outcome, evidence: both, run: { count: 0, since: event.at.steady } };
}

function goodLook(resource: Resource, facet: FacetState, outcome: Outcome, evidence: readonly JudgedEvidence[], at: Instant): FacetState {
  const run = facet.run.count === 0 ? { count: 1, since: at.steady } : { ...facet.run, count: facet.run.count + 1 };
  // A facet that was proven bad is let go by the whole resource at once (`weighHarm`), a suspicion by itself.
  if (facet.standing === 'bad') return { ...facet, run };
  if (facet.standing === 'suspect' && run.count < resource.confirm) return { ...facet, run };
  return { ...facet, run, standing: 'good', harm: null, outcome, evidence };
}

/** Compares what the facets now stand for with what has been raised. */
function weighHarm(resource: Resource, before: ResourceState, looked: ResourceState, at: Instant, wanted: readonly Facet[]): { next: ResourceState; effects: StateEffect[] } {
  const worst = worstHarm(looked);
  const firstBad = before.firstBad ?? (anyStanding(looked, ['suspect', 'bad']) ? at : null);
  if (worst === null) {
    const healthy = wanted.every((facet) => isHealthy(looked.facets[facet]));
    const calm = !anyStanding(looked, ['suspect']);
    return { next: { ...looked, firstBad: calm ? null : firstBad, lastHealthy: healthy ? at : before.lastHealthy }, effects: [] };
  }
  if (wanted.every((facet) => isProvenGood(resource, looked.facets[facet], at))) {
    const facets = mapFacets(looked, (facet) => ({ ...facet, standing: 'good' as const, harm: null, outcome: { is: 'good' as const } }));
    return { next: { ...looked, facets, harm: null, firstBad: null, lastHealthy: at }, effects: [{ do: 'clear', track: 'harm' }] };
  }
  const next = { ...looked, harm: worst, firstBad };
  const graver = compareHarm(worst, before.harm ?? undefined);
  if (graver > 0) return { next, effects: [{ do: 'raise', track: 'harm', harm: worst }] };
  if (graver < 0 || tale(before) !== tale(looked)) return { next, effects: [{ do: 'change', track: 'harm', harm: worst }] };
  return { next, effects: [] };
}

/** What a person would be told of the bad facets; a difference is news. */
function tale(state: ResourceState): string {
  const bad = Object.entries(state.facets).filter(([, facet]) => facet.standing === 'bad');
  return JSON.stringify(bad.map(([name, { outcome }]) => [name, outcome?.is === 'lost' ? outcome.how : outcome?.is === 'breach' ? outcome.breaches.map((breach) => breach.path) : '']));
}

function isHealthy(facet: FacetState | undefined): boolean {
  return facet?.standing === 'good' && !facet.sight.blindNow;
}

function isProvenGood(resource: Resource, facet: FacetState | undefined, at: Instant): boolean {
  return facet !== undefined && !facet.sight.blindNow && facet.run.count >= resource.confirm && at.steady - facet.run.since >= GOOD_FOR_MS;
}

function worstHarm(state: ResourceState): HarmClass | null {
  let worst: HarmClass | null = null;
  for (const facet of Object.values(state.facets)) if (facet.standing === 'bad' && compareHarm(facet.harm ?? undefined, worst ?? undefined) > 0) worst = facet.harm;
  return worst;
}

/** Raises blindness once a facet was dark for `blind_after` in sum, clears it once all have been seen for as long. */
function weighSight(resource: Resource, state: ResourceState, at: Instant, effects: readonly StateEffect[]): Stepped {
  const sights = Object.values(state.facets).map((facet) => facet.sight);
  const dark = sights.some((sight) => darkness(sight, at.steady, resource.blindAfter) >= resource.blindAfter);
  if (!state.blind && dark) return { next: { ...state, blind: true }, effects: [...effects, { do: 'raise', track: 'sight' }] };
  const seenAgain = sights.every((sight) => !sight.blindNow && (sight.clearSince === null || at.steady - sight.clearSince >= resource.blindAfter));
  if (state.blind && !dark && seenAgain) return { next: { ...state, blind: false }, effects: [...effects, { do: 'clear', track: 'sight' }] };
  return { next: state, effects };
}

/** Which depths are owed another look: suspicions at once, blindness and a resolve in waiting without hurry. */
function rechecks(resource: Resource, state: ResourceState, event: StateEvent & { type: 'looked' }, expected: ReadonlyMap<Facet, Depth>): StateEffect[] {
  const effects: StateEffect[] = [];
  if (event.judgments.some(({ facet }) => state.facets[facet]?.standing === 'suspect')) effects.push({ do: 'recheck', depth: event.depth, afterMs: 0, urgent: true });
  const inspects = [...expected.values()].includes('inspect');
  const suspicious = event.judgments.some(({ outcome }) => outcome.is === 'good' && outcome.suspicion !== undefined);
  if (inspects && suspicious && event.depth === 'sweep') effects.push({ do: 'recheck', depth: 'inspect', afterMs: 0, urgent: true });
  if (event.depth === 'inspect') {
    const blind = event.judgments.some(({ outcome }) => outcome.is === 'blind');
    if (blind) effects.push({ do: 'recheck', depth: 'inspect', afterMs: resource.blindAfter / 4, urgent: false });
    else if (state.harm !== null) effects.push({ do: 'recheck', depth: 'inspect', afterMs: GOOD_FOR_MS / 2, urgent: false });
  }
  return effects;
}

function anyStanding(state: ResourceState, standings: readonly FacetState['standing'][]): boolean {
  return Object.values(state.facets).some((facet) => standings.includes(facet.standing));
}

function mapFacets(state: ResourceState, change: (facet: FacetState) => FacetState): Record<string, FacetState> {
  const out: Record<string, FacetState> = {};
  for (const [name, facet] of Object.entries(state.facets)) out[name as Facet] = change(facet);
  return out;
}
