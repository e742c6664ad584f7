import { expectedFacets, type Resource } from '../core/expectation.ts';
import type { Instant, ResourceReport, Seen } from '../core/report.ts';
import type { LookMade } from '../core/verdict.ts';
import type { ResourceRecord } from '../ports.ts';

/** The last of a row of looks of which each said what the one before it said, and the first of which changed nothing. */
export interface Calm {
  readonly look: LookMade;
  /** What the first of them said, and when the last of them saw it: to keep what each said would cost more than to judge it. */
  readonly report: Seen;
  seenAt: Instant;
  at: Instant;
  tookMs: number;
  /** False where it has been judged. */
  owed: boolean;
  /** When all that is expected had last been seen good before it. */
  readonly healthy: Instant | null;
  /** When the oldest of the facets that it does not speak for was last good; null where it speaks for all, absent where some were never seen. */
  readonly rest?: Instant | null;
}

/** Begins with a look that changed nothing; `state` is what it left. */
export function calmFrom(
  resource: Resource,
  { depth, path }: LookMade,
  report: Seen,
  { facets, lastHealthy: healthy }: ResourceRecord['state'],
  at: Instant,
  tookMs: number,
): Calm {
  const calm = { look: { depth, path }, report, seenAt: report.evidence.at, at, tookMs, owed: false, healthy };
  let rest: Instant | null = null;
  for (const name of expectedFacets(resource).keys()) {
    const goodAt = facets[name]?.goodAt;
    if (!goodAt) return calm;
    // The very object: another look may have ended in the same millisecond.
    if (goodAt !== at && (!rest || goodAt.steady < rest.steady)) rest = goodAt;
  }
  return { ...calm, rest };
}

/** When all that is expected had last been seen good, as judging the last look of the row would say. */
export function healthyOf({ healthy, rest, at }: Calm): Instant | null {
  if (rest === undefined) return healthy;
  return rest && rest.steady < at.steady ? rest : at;
}

/** Where a look said one thing, and that it saw; undefined where it said anything else, or what cannot even be read. */
export function onlySighting(reports: readonly ResourceReport[]): Seen | undefined {
  const [report] = reports;
  if (reports.length !== 1 || report?.kind !== 'seen') return undefined;
  const { evidence, looked, pin, measures } = report as Partial<Seen>;
  return evidence && Array.isArray(looked) && pin && measures ? report : undefined;
}
