import type { Cadence, Check, Resource, Rule } from './expectation.ts';

/** What a new manifest does to the roll, as sentences a person can judge. */
export interface ManifestDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly repinned: readonly string[];
  /** `orders-db: min_rows of public.orders lowered from 100 to 1` */
  readonly weakened: readonly { readonly id: string; readonly what: string }[];
}

/** The part of a resource that a later manifest is compared with; plain data for the store. */
export type Remembered = Pick<
  Resource,
  'id' | 'kind' | 'connection' | 'severity' | 'identity' | 'checks' | 'sweep' | 'inspect' | 'confirm' | 'blindAfter' | 'tripwire'
>;

export function toRemembered(resource: Resource): Remembered {
  const { id, kind, connection, severity, identity, checks, sweep, inspect, confirm, blindAfter, tripwire } = resource;
  return { id, kind, connection, severity, identity, checks, sweep, inspect, confirm, blindAfter, tripwire };
}

/** Compares two manifests by what they demand. A cron cadence changed in any way counts as weakened: which is rarer cannot be told simply. */
export function diffManifests(before: readonly Remembered[], after: readonly Remembered[]): ManifestDiff {
  const old = new Map(before.map((resource) => [resource.id, resource]));
  const now = new Map(after.map((resource) => [resource.id, resource]));
  const kept = after.flatMap((resource) => {
    const was = old.get(resource.id);
    return was ? [{ was, is: resource }] : [];
  });
  return {
    added: after.flatMap(({ id }) => (old.has(id) ? [] : [id])),
    removed: before.flatMap(({ id }) => (now.has(id) ? [] : [id])),
    repinned: kept.flatMap(({ was, is }) => (sameIdentity(was, is) ? [] : [is.id])),
    weakened: kept.flatMap(({ was, is }) => weakenings(was, is).map((what) => ({ id: is.id, what }))),
  };
}

/** True where the diff takes anything off the roll or asks less of it. */
export function isWeakening(diff: ManifestDiff): boolean {
  return diff.removed.length > 0 || diff.repinned.length > 0 || diff.weakened.length > 0;
}

function sameIdentity(was: Remembered, is: Remembered): boolean {
  if (was.kind !== is.kind || was.connection !== is.connection) return false;
  // Pinning what was unpinned only tightens.
  return Object.entries(was.identity).every(([key, value]) => is.identity[key] === value);
}

function weakenings(was: Remembered, is: Remembered): string[] {
  const out: string[] = [];
  if (was.severity === 'critical' && is.severity === 'warning') out.push('severity lowered to warning');
  if (rarer(was.sweep, is.sweep)) out.push('swept less often');
  if (rarer(was.inspect, is.inspect)) out.push('inspected less often');
  if (is.confirm > was.confirm) out.push(`confirm raised from ${was.confirm} to ${is.confirm}`);
  if (is.blindAfter > was.blindAfter) out.push('blind_after lengthened');
  if (was.tripwire && !is.tripwire) out.push('tripwire taken away');
  for (const check of was.checks) {
    const next = is.checks.find((other) => other.path === check.path && other.rule.is === check.rule.is);
    if (!next) out.push(`${check.path} no longer demanded`);
    else if (looser(check.rule, next.rule) || weight(check) > weight(next)) out.push(`${check.path} loosened`);
  }
  return out;
}

function weight(check: Check): number {
  return check.severity === 'warning' ? 0 : 1;
}

function rarer(was: Cadence, is: Cadence): boolean {
  if ('every' in was && 'every' in is) return is.every > was.every;
  return JSON.stringify(was) !== JSON.stringify(is);
}

function looser(was: Rule, is: Rule): boolean {
  switch (was.is) {
    case 'at_least':
      return is.is === 'at_least' && is.bound < was.bound;
    case 'at_most':
      return is.is === 'at_most' && is.bound > was.bound;
    case 'equals':
      return is.is === 'equals' && is.value !== was.value;
    case 'shrinks_at_most':
      return is.is === 'shrinks_at_most' && is.share > was.share;
    case 'churns_at_most':
      return is.is === 'churns_at_most' && is.share > was.share;
    case 'jumps':
      return is.is === 'jumps' && (is.least > was.least || is.factor > was.factor);
    case 'falls':
      return is.is === 'falls' && (is.least > was.least || is.factor > was.factor);
    case 'restarts':
    case 'never_shrinks':
      return false;
  }
}
