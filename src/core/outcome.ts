import type { FactUnit } from '../values/fact.ts';
import type { BreachKind, Severity } from './expectation.ts';
import type { BlindReason, Evidence, Facet, Identity } from './report.ts';

/** Why a resource is degraded: one broken expectation. */
export interface Breach {
  readonly kind: BreachKind;
  readonly path: string;
  readonly what: string;
  readonly expected: number | string | null;
  readonly actual: number | string | null;
  readonly severity: Severity;
  /** Of `expected` and `actual`, where bare numbers would say nothing to a person. */
  readonly unit?: FactUnit;
}

/** What one look means for one facet. `unproven` signals (a size that fell with nothing to confirm it) are `good` with a `suspicion`. */
export type Outcome =
  | { readonly is: 'good'; readonly suspicion?: string }
  | {
      readonly is: 'lost';
      readonly how: 'absent' | 'impostor' | 'doomed';
      readonly say: string;
      readonly undoBefore?: number;
      readonly undo?: string;
      readonly found?: Identity;
    }
  | { readonly is: 'breach'; readonly breaches: readonly [Breach, ...Breach[]] }
  | { readonly is: 'blind'; readonly reason: BlindReason; readonly say: string };

export interface FacetJudgment {
  readonly facet: Facet;
  readonly outcome: Outcome;
  readonly evidence: readonly JudgedEvidence[];
}

/** Evidence as it goes into pages and `check --json`: with the proof of a listing where there was one. */
export interface JudgedEvidence extends Evidence {
  readonly complete?: boolean;
  readonly control?: string;
  readonly path: 'usual' | 'fresh';
  /** Steady time at which the look it belongs to ended: what was heard in one look shares it, whatever the clock did meanwhile. */
  readonly look?: number;
}

export type VerdictKind = 'present' | 'degraded' | 'doomed' | 'impostor' | 'absent' | 'blind';

/** The severity class of a harm, gravest first: flips inside a class are news of one happening. */
export type HarmClass = 'lost' | 'critical' | 'warning';

const WEIGHT: Record<HarmClass, number> = { lost: 3, critical: 2, warning: 1 };

/** Positive where `a` is graver than `b`; `undefined` is no harm at all. */
export function compareHarm(a: HarmClass | undefined, b: HarmClass | undefined): number {
  return (a ? WEIGHT[a] : 0) - (b ? WEIGHT[b] : 0);
}

/** The class of a bad outcome, or undefined for good and blind. */
export function harmOf(outcome: Outcome): HarmClass | undefined {
  if (outcome.is === 'lost') return 'lost';
  if (outcome.is !== 'breach') return undefined;
  return outcome.breaches.some((breach) => breach.severity === 'critical') ? 'critical' : 'warning';
}

/** True for what is paged after one look: a marked deletion, a weakened protection, a sign before the harm. */
export function needsNoConfirmation(outcome: Outcome): boolean {
  if (outcome.is === 'lost') return outcome.how === 'doomed';
  return outcome.is === 'breach' && outcome.breaches.every((breach) => breach.kind === 'exposed' || breach.kind === 'precursor');
}
