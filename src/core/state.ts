/**
 * The state machine of one resource: what its looks add up to. Pure; the only writer of `ResourceState`.
 * Standings are kept per facet, so that a sweep never clears what an inspection found, and two tracks run side by side:
 * `harm` (what was proven wrong) and `blind` (what could not be seen). Neither mutes the other.
 * Paging, receipts, repeats and resolves are the incident's machine: `incident.ts`.
 */
import { expectedFacets, type Resource } from './expectation.ts';
import { newFacet, lookAtFacet, type FacetState } from './facet.ts';
import { compareHarm, harmOf, type FacetJudgment, type HarmClass, type JudgedEvidence } from './outcome.ts';
import type { Depth, Facet, Instant } from './report.ts';
import { darkness, resumeSight } from './sight.ts';
import { isMore, tale } from './tale.ts';

/** How long a resource must have been good, besides the looks it took to page, before an incident may resolve (law 7). */
export const GOOD_FOR_MS = 60_000;

/** How long to wait before a suspicion that met blindness is pursued: at once would be a busy loop against a dead server. */
const BLIND_RECHECK_MS = 1000;

export interface ResourceState {
  readonly facets: Readonly<Record<string, FacetState>>;
  /** The class that has been raised and not cleared. */
  readonly harm: HarmClass | null;
  readonly blind: boolean;
  /** The last moment at which everything expected had been seen good: the restore point to ask for. */
  readonly lastHealthy: Instant | null;
  readonly firstBad: Instant | null;
  /** How many incidents of each class this resource has opened: the last part of the dedup key. */
  readonly episodes: Readonly<Record<string, number>>;
}

export const NEW: ResourceState = { facets: {}, harm: null, blind: false, lastHealthy: null, firstBad: null, episodes: {} };

export interface Looked {
  readonly type: 'looked';
  readonly at: Instant;
  readonly depth: Depth;
  readonly path: 'usual' | 'fresh';
  readonly judgments: readonly FacetJudgment[];
}

export type StateEvent =
  | Looked
  /** Time passed. Only darkness grows by itself. */
  | { readonly type: 'tick'; readonly at: Instant }
  /** The watcher starts, or the manifest was reloaded: facets no longer expected are dropped, and time asleep is nobody's darkness. */
  | { readonly type: 'resumed'; readonly at: Instant };

export type StateEffect =
  /** Look again, on a fresh path. `urgent` looks are owed to a suspicion and go before any budget. */
  | { readonly do: 'recheck'; readonly depth: Depth; readonly afterMs: number; readonly urgent: boolean }
  | { readonly do: 'raise'; readonly track: 'harm'; readonly harm: HarmClass }
  | { readonly do: 'raise'; readonly track: 'sight' }
  /** The same happening, told differently: milder, or another verdict of the same class. `more`: as grave, and more is struck. */
  | { readonly do: 'change'; readonly track: 'harm'; readonly harm: HarmClass; readonly more: boolean }
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
    case 'resumed':
      return { next: resume(resource, state, event.at), effects: [] };
  }
}

function resume(resource: Resource, state: ResourceState, at: Instant): ResourceState {
  const facets: Record<string, FacetState> = {};
  const expected = expectedFacets(resource);
  const inspects = [...expected.values()].includes('inspect');
  for (const [facet, home] of expected) {
    const known = state.facets[facet];
    // Where nothing is inspected any more, what an inspection found would stand for ever.
    const accuser = known?.accuser === 'inspect' && !inspects ? home : (known?.accuser ?? null);
    if (known) facets[facet] = { ...known, accuser, sight: resumeSight(known.sight, at.steady) };
  }
  return { ...state, facets };
}

function afterLook(resource: Resource, state: ResourceState, event: Looked): Stepped {
  const expected = expectedFacets(resource);
  const facets = { ...state.facets };
  // Anything bad starts every facet's proof of health anew (law 7).
  if (event.judgments.some((judgment) => harmOf(judgment.outcome)))
    for (const [name, facet] of Object.entries(facets)) facets[name] = { ...facet, calm: { count: 0, since: event.at.steady } };
  for (const judgment of dated(event)) {
    const look = { ...event, home: expected.get(judgment.facet) ?? event.depth };
    facets[judgment.facet] = lookAtFacet(resource, facets[judgment.facet] ?? newFacet(), judgment, look, GOOD_FOR_MS);
  }
  const harmed = weighHarm(resource, { ...state, facets }, state, event.at, [...expected.keys()]);
  const owed = rechecks(resource, harmed.next, event, [...expected.values()].includes('inspect'));
  return weighSight(resource, harmed.next, event.at, [...harmed.effects, ...owed]);
}

/** The judgments of a look, their evidence marked as of this look. Facets that rest on the same evidence go on sharing it. */
function dated({ at, judgments }: Looked): FacetJudgment[] {
  let heard: readonly JudgedEvidence[] | undefined;
  let marked: readonly JudgedEvidence[] = [];
  return judgments.map((judgment) => {
    if (judgment.evidence !== heard) {
      heard = judgment.evidence;
      marked = heard.map((evidence) => ({ ...evidence, look: at.steady }));
    }
    return { ...judgment, evidence: marked };
  });
}

/** Compares what the facets now stand for with what has been raised. */
function weighHarm(resource: Resource, looked: ResourceState, before: ResourceState, at: Instant, wanted: readonly Facet[]): Stepped {
  const facets = Object.values(looked.facets);
  const worst = worstHarm(facets);
  const uneasy = facets.some((facet) => facet.standing === 'suspect' || facet.standing === 'bad');
  const firstBad = uneasy || before.harm !== null ? (before.firstBad ?? at) : null;
  if (before.harm === null && worst === null) {
    const healthy = wanted.every((facet) => isHealthy(looked.facets[facet]));
    return { next: { ...looked, firstBad, lastHealthy: healthy ? oldestGood(looked, wanted) : before.lastHealthy }, effects: [] };
  }
  if (before.harm !== null && wanted.every((facet) => isProvenGood(resource, looked.facets[facet], at))) {
    return {
      next: { ...looked, harm: null, firstBad: null, lastHealthy: oldestGood(looked, wanted) },
      effects: [{ do: 'clear', track: 'harm' }],
    };
  }
  // Nothing bad stands any more, but not everything has been looked at since: what was raised stays raised.
  const harm = worst ?? before.harm;
  const next = { ...looked, harm, firstBad };
  if (harm === null) return { next, effects: [] };
  if (compareHarm(harm, before.harm ?? undefined) > 0) return { next, effects: [{ do: 'raise', track: 'harm', harm }] };
  if (worst !== null && (harm !== before.harm || tale(before.facets) !== tale(looked.facets))) {
    const more = harm === before.harm && isMore(before.facets, looked.facets, harm);
    return { next, effects: [{ do: 'change', track: 'harm', harm, more }] };
  }
  return { next, effects: [] };
}

function isHealthy(facet: FacetState | undefined): boolean {
  return facet?.standing === 'good' && !facet.sight.blindNow;
}

function isProvenGood(resource: Resource, facet: FacetState | undefined, at: Instant): boolean {
  return (
    facet !== undefined && !facet.sight.blindNow && facet.calm.count >= resource.confirm && at.steady - facet.calm.since >= GOOD_FOR_MS
  );
}

/** Everything was good at the moment when the facet looked at longest ago was. */
function oldestGood(state: ResourceState, wanted: readonly Facet[]): Instant | null {
  let oldest: Instant | null = null;
  for (const name of wanted) {
    const at = state.facets[name]?.goodAt ?? null;
    if (at && (!oldest || at.steady < oldest.steady)) oldest = at;
  }
  return oldest;
}

function worstHarm(facets: readonly FacetState[]): HarmClass | null {
  let worst: HarmClass | null = null;
  for (const facet of facets)
    if (facet.standing === 'bad' && compareHarm(facet.harm ?? undefined, worst ?? undefined) > 0) worst = facet.harm;
  return worst;
}

/** Raises blindness once a facet was dark for `blind_after` in sum, clears it once all have been seen for as long. */
function weighSight(resource: Resource, state: ResourceState, at: Instant, effects: readonly StateEffect[]): Stepped {
  // What is lost has no contents to be seen: only its own absence is looked at until it is back.
  const lost = isLost(state);
  const dark = Object.entries(state.facets).some(
    ([name, { sight }]) =>
      (!lost || name === 'presence' || name === 'identity') && darkness(sight, at.steady, resource.blindAfter) >= resource.blindAfter,
  );
  if (!state.blind && dark) return { next: { ...state, blind: true }, effects: [...effects, { do: 'raise', track: 'sight' }] };
  if (!state.blind || dark) return { next: state, effects };
  // Being lost is no way of being seen: what could not be looked at before is looked at again once it is back.
  const seenAgain = Object.values(state.facets).every(
    ({ sight: { blindNow, clearSince } }) => !blindNow && (clearSince === null || at.steady - clearSince >= resource.blindAfter),
  );
  return seenAgain
    ? { next: { ...state, blind: false }, effects: [...effects, { do: 'clear', track: 'sight' }] }
    : { next: state, effects };
}

/** True while its presence or identity is, or is suspected to be, lost: it has no contents to be judged. */
export function isLost(state: ResourceState): boolean {
  return losses(state).length > 0;
}

/** True where inspecting it would be inspecting nothing. What an inspection found, the next inspections must confirm or take back. */
export function isUninspectable(state: ResourceState): boolean {
  return losses(state).some(({ accuser }) => accuser !== 'inspect');
}

function losses(state: ResourceState): FacetState[] {
  return [state.facets['presence'], state.facets['identity']].flatMap((facet) =>
    facet?.standing === 'bad' || facet?.standing === 'suspect' ? [facet] : [],
  );
}

/**
 * Which depths are owed another look: suspicions at once, blindness and a resolve in waiting without hurry. What only jumped in a sweep
 * is inspected next, but within the budget: a busy server makes much jump.
 */
function rechecks(resource: Resource, state: ResourceState, event: Looked, inspects: boolean): StateEffect[] {
  const effects: StateEffect[] = [];
  const recheck = (depth: Depth, afterMs: number, urgent: boolean): number => effects.push({ do: 'recheck', depth, afterMs, urgent });
  const blind = event.judgments.some(({ outcome }) => outcome.is === 'blind');
  const lost = event.judgments.some(({ outcome }) => outcome.is === 'lost');
  // A look that could say nothing of a loss leaves it to be pursued; one that found it elsewhere has pursued it.
  const pursued = new Set<string>([...event.judgments.map(({ facet }) => facet), ...(lost ? [] : (['presence', 'identity'] as const))]);
  // By looks of the depth that accused it: a sweep that passes by while an inspection is awaited owes nothing.
  const suspect = Object.entries(state.facets).some(
    ([name, { standing, accuser }]) => standing === 'suspect' && pursued.has(name) && (accuser ?? event.depth) === event.depth,
  );
  if (suspect) recheck(event.depth, blind ? BLIND_RECHECK_MS : 0, true);
  if (event.depth === 'sweep') {
    if (inspects && event.judgments.some(({ outcome }) => outcome.is === 'good' && outcome.suspicion !== undefined))
      recheck('inspect', 0, false);
    return effects;
  }
  // A content that cannot be read may be a resource that is gone: its presence is the sweep's to tell.
  if (blind) recheck('sweep', 0, false);
  if (blind && !suspect) recheck('inspect', resource.blindAfter / 4, false);
  else if (state.harm !== null && !suspect) recheck('inspect', GOOD_FOR_MS / 2, false);
  return effects;
}
