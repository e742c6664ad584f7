import type { Resource } from './expectation.ts';
import { harmOf, needsNoConfirmation, type FacetJudgment, type HarmClass, type JudgedEvidence, type Outcome } from './outcome.ts';
import type { Depth, Instant } from './report.ts';
import { CLEAR_SIGHT, lookMade, type Sight } from './sight.ts';
import { addMark, confirmedHarm, type Mark } from './window.ts';

/** Good looks in a row, and when the first of them was (steady ms). */
export interface Run {
  readonly count: number;
  readonly since: number;
}

/** Where one facet of one resource stands. */
export interface FacetState {
  readonly standing: 'unknown' | 'good' | 'suspect' | 'bad';
  /** The class this facet stands for while `bad`. */
  readonly harm: HarmClass | null;
  /** What the last look that could see found; while bad, what the last bad look found. */
  readonly outcome: Outcome | null;
  /** Of the last look; while suspect or bad, of the last two bad looks. */
  readonly evidence: readonly JudgedEvidence[];
  readonly marks: readonly Mark[];
  /** The deepest look that accused it since it was last good: what a deeper look found, no shallower one clears. */
  readonly accuser: Depth | null;
  /** Since this facet was last bad. */
  readonly run: Run;
  /** Since anything of this resource was last bad. */
  readonly calm: Run;
  readonly goodAt: Instant | null;
  readonly sight: Sight;
}

/** A facet nobody has looked at. */
export function newFacet(): FacetState {
  const none = { count: 0, since: 0 };
  return {
    standing: 'unknown',
    harm: null,
    outcome: null,
    evidence: [],
    marks: [],
    accuser: null,
    run: none,
    calm: none,
    goodAt: null,
    sight: CLEAR_SIGHT,
  };
}

/** One look at one facet: at which depth it was made, and at which that facet is looked at as a rule. */
export interface FacetLook {
  readonly at: Instant;
  readonly path: 'usual' | 'fresh';
  readonly depth: Depth;
  readonly home: Depth;
}

/** Advances one facet by one look. `goodFor`: ms of good looks before a proven harm is let go. */
export function lookAtFacet(
  resource: Pick<Resource, 'confirm' | 'blindAfter'>,
  facet: FacetState,
  given: FacetJudgment,
  look: FacetLook,
  goodFor: number,
): FacetState {
  const { outcome } = given;
  const judgment = { ...given, evidence: given.evidence.map((evidence) => ({ ...evidence, look: look.at.steady })) };
  const blind = outcome.is === 'blind' ? outcome : null;
  const sight = lookMade(facet.sight, look.at.steady, blind, resource.blindAfter);
  // A look that could not see changes nothing but sight: it neither accuses nor clears.
  if (blind)
    return { ...facet, sight, evidence: facet.standing === 'bad' || facet.standing === 'suspect' ? facet.evidence : judgment.evidence };
  const harm = harmOf(outcome) ?? null;
  // The catalogue goes on listing a database whose files are gone: only a look as deep as the one that accused it speaks for it.
  if (harm === null && look.depth !== (facet.accuser ?? look.home)) return look.depth === look.home ? { ...facet, sight } : facet;
  const marks = addMark(facet.marks, { at: look.at, harm, fresh: look.path === 'fresh' }, resource.confirm);
  const seen = { ...facet, sight, marks };
  return harm === null ? goodLook(resource, seen, judgment, look.at, goodFor) : badLook(resource, seen, judgment, look, harm);
}

function badLook(
  resource: Pick<Resource, 'confirm'>,
  facet: FacetState,
  judgment: FacetJudgment,
  { at, depth }: FacetLook,
  harm: HarmClass,
): FacetState {
  const { outcome, evidence } = judgment;
  const absent = outcome.is === 'lost' && outcome.how === 'absent';
  const confirmed = needsNoConfirmation(outcome) ? harm : confirmedHarm(facet.marks, resource.confirm, absent);
  const accused = facet.standing === 'suspect' || facet.standing === 'bad';
  return {
    ...facet,
    standing: confirmed || facet.standing === 'bad' ? 'bad' : 'suspect',
    harm: confirmed ?? facet.harm,
    accuser: facet.accuser === 'inspect' ? 'inspect' : depth,
    outcome,
    // The look before is kept beside this one: the two together are the proof.
    evidence: accused ? [...facet.evidence.slice(-2), ...evidence].slice(-4) : evidence,
    run: { count: 0, since: at.steady },
    calm: { count: 0, since: at.steady },
  };
}

function goodLook(
  resource: Pick<Resource, 'confirm'>,
  facet: FacetState,
  judgment: FacetJudgment,
  at: Instant,
  goodFor: number,
): FacetState {
  const run = longer(facet.run, at);
  const seen = { ...facet, run, calm: longer(facet.calm, at) };
  const suspected = facet.standing === 'suspect' && run.count < resource.confirm;
  const convicted = facet.standing === 'bad' && (run.count < resource.confirm || at.steady - run.since < goodFor);
  if (suspected || convicted) return seen;
  return { ...seen, standing: 'good', harm: null, accuser: null, outcome: judgment.outcome, evidence: judgment.evidence, goodAt: at };
}

function longer(run: Run, at: Instant): Run {
  return run.count === 0 ? { count: 1, since: at.steady } : { count: run.count + 1, since: run.since };
}
