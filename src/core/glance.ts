import type { Resource, Severity } from './expectation.ts';
import type { VerdictKind } from './outcome.ts';
import { standOf } from './print.ts';
import type { ResourceState } from './state.ts';

/** What a list of ten thousand shows of one resource: nothing that grows older by itself, so that it stays as it is until there is news. */
export interface Glance {
  readonly id: string;
  readonly kind: string;
  readonly connection: string;
  readonly severity: Severity;
  readonly owner?: string;
  readonly verdict: VerdictKind;
  /** Expectations that are broken. */
  readonly breaches: number;
  readonly summary: string;
}

/** The same words as `printResource` has, without the rest of it. */
export function glanceAt(resource: Resource, state: ResourceState): Glance {
  const { id, kind, connection, severity, owner } = resource;
  const { verdict, breaches, summary } = standOf(resource, state);
  return { id, kind, connection, severity, verdict, breaches: breaches.length, summary, ...(owner === undefined ? {} : { owner }) };
}

/** True where a reader would see no difference. */
export function looksAlike(a: Glance, b: Glance): boolean {
  return a.verdict === b.verdict && a.summary === b.summary && a.breaches === b.breaches;
}
