import type { Resource } from './expectation.ts';
import { harmOf, needsNoConfirmation, type FacetJudgment, type HarmClass, type JudgedEvidence, type Outcome } from './outcome.ts';
import type { Depth, Instant } from './report.ts';
import { CLEAR_SIGHT, lookMade, type Sight } from './sight.ts';
import { addMark, confirmedHarm, type Mark } from './window.ts';

/** Good looks in a row, counted no further than `confirm` so that calm leaves a record as it is; and when the first of them was (steady ms). */
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
  judgment: FacetJudgment,
  look: FacetLook,
  goodFor: number,
): FacetState {
  const { outcome } = judgment;
  const blind = outcome.is === 'blind' ? outcome : null;
  const sight = lookMade(facet.sight, look.at.steady, blind, resource.blindAfter);
  // A look that could not see changes nothing but sight: it neither accuses nor clears.
  if (blind)
    return { ...facet, sight, evidence: facet.standing === 'bad' || facet.standing === 'suspect' ? facet.evidence : judgment.evidence };
  const harm = harmOf(outcome) ?? null;
  // The catalogue goes on listing a database whose files are gone: only a look as deep as the one that accused it speaks for it.
  if (harm === null && look.depth !== (facet.accuser ?? look.home)) return look.depth === look.home ? { ...facet, sight } : facet;
  const marks = addMark(facet.marks, { at: look.at, harm, fresh: look.path === 'fresh' }, resource.confirm);
  if (harm !== null) return badLook(resource, { ...facet, sight, marks }, judgment, look, harm);
  const run = longer(facet.run, look.at, resource.confirm);
  const calm = longer(facet.calm, look.at, resource.confirm);
  if (isHeld(resource, facet.standing, run, look.at, goodFor)) return { ...facet, marks, run, calm, sight };
  const { evidence } = judgment;
  return { standing: 'good', harm: null, outcome, evidence, marks, accuser: null, run, calm, goodAt: look.at, sight };
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

/** What was suspected or proven stands until there have been enough good looks. */
function isHeld({ confirm }: Pick<Resource, 'confirm'>, standing: FacetState['standing'], run: Run, at: Instant, goodFor: number): boolean {
  if (standing === 'suspect') return run.count < confirm;
  return standing === 'bad' && (run.count < confirm || at.steady - run.since < goodFor);
}

function longer(run: Run, at: Instant, enough: number): Run {
  if (run.count >= enough) return run;
  return run.count === 0 ? { count: 1, since: at.steady } : { count: run.count + 1, since: run.since };
}
