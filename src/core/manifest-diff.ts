import { compareEntries } from './entry-diff.ts';
import type { Cadence, Check, Resource, Rule } from './expectation.ts';

/** One change of one resource, as a sentence a person can judge. */
export interface ChangeOf {
  readonly id: string;
  /** `min_rows of public.orders loosened` */
  readonly what: string;
}

/** What a new manifest does to the roll. */
export interface ManifestDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly repinned: readonly string[];
  readonly weakened: readonly ChangeOf[];
  readonly strengthened: readonly ChangeOf[];
  /** Whom it belongs to, where to read: what no look depends on. */
  readonly neutral: readonly ChangeOf[];
}

type Always =
  | 'id'
  | 'kind'
  | 'connection'
  | 'severity'
  | 'identity'
  | 'checks'
  | 'sweep'
  | 'inspect'
  | 'confirm'
  | 'blindAfter'
  | 'tripwire';
/** What an older version did not write down. */
type Later = 'asked' | 'protectedBy' | 'domain' | 'owner' | 'runbook';

/** The part of a resource that a later manifest is compared with; plain data for the store. */
export type Remembered = Pick<Resource, Always> & Partial<Pick<Resource, Later>>;

export function toRemembered(resource: Resource): Remembered {
  const { vantageKey: _vantageKey, target: _target, ...kept } = resource;
  return kept;
}

/**
 * Compares two manifests by what they demand. What cannot be shown to ask for at least as much counts as weakened: a cron cadence changed
 * in any way, a key of the entry that no check answers for.
 */
export function diffManifests(before: readonly Remembered[], after: readonly Remembered[]): ManifestDiff {
  const old = new Map(before.map((resource) => [resource.id, resource]));
  const now = new Map(after.map((resource) => [resource.id, resource]));
  const kept = after.flatMap((resource) => {
    const was = old.get(resource.id);
    return was ? [{ was, is: resource }] : [];
  });
  const changes = kept.flatMap(({ was, is }) => changesOf(was, is).map(({ sense, what }) => ({ sense, change: { id: is.id, what } })));
  const of = (wanted: Sense): ChangeOf[] => changes.flatMap(({ sense, change }) => (sense === wanted ? [change] : []));
  return {
    added: after.flatMap(({ id }) => (old.has(id) ? [] : [id])),
    removed: before.flatMap(({ id }) => (now.has(id) ? [] : [id])),
    repinned: kept.flatMap(({ was, is }) => (sameIdentity(was, is) ? [] : [is.id])),
    weakened: of('weaker'),
    strengthened: of('stronger'),
    neutral: of('neither'),
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

type Sense = 'weaker' | 'stronger' | 'neither';
interface Change {
  readonly sense: Sense;
  readonly what: string;
}

const either = (weaker: boolean, stronger: boolean, less: string, more: string): Change[] =>
  weaker ? [{ sense: 'weaker', what: less }] : stronger ? [{ sense: 'stronger', what: more }] : [];

function changesOf(was: Remembered, is: Remembered): Change[] {
  const grave = { critical: 1, warning: 0 };
  const [less, more] = [grave[is.severity] - grave[was.severity], Object.keys(is.identity).length - Object.keys(was.identity).length];
  return [
    ...either(less < 0, less > 0, 'severity lowered to warning', 'severity raised to critical'),
    ...either(false, more > 0, '', 'pinned'),
    ...either(rarer(was.sweep, is.sweep), rarer(is.sweep, was.sweep), 'swept less often', 'swept more often'),
    ...either(rarer(was.inspect, is.inspect), rarer(is.inspect, was.inspect), 'inspected less often', 'inspected more often'),
    ...numbers('confirm', was.confirm, is.confirm),
    ...either(is.blindAfter > was.blindAfter, is.blindAfter < was.blindAfter, 'blind_after lengthened', 'blind_after shortened'),
    ...either(was.tripwire && !is.tripwire, !was.tripwire && is.tripwire, 'tripwire taken away', 'tripwire set'),
    ...checks(was.checks, is.checks),
    ...compareEntries(was, is).map((what): Change => ({ sense: 'weaker', what })),
    ...besides(was, is),
  ];
}

function numbers(name: string, was: number, is: number): Change[] {
  return either(is > was, is < was, `${name} raised from ${was} to ${is}`, `${name} lowered from ${was} to ${is}`);
}

function* checks(was: readonly Check[], is: readonly Check[]): Generator<Change> {
  const same = (one: Check, other: Check): boolean => other.path === one.path && (other.rule.is === one.rule.is || demandsMore(one, other));
  for (const check of was) {
    const next = is.find((other) => same(check, other));
    if (!next) yield { sense: 'weaker', what: `${check.path} no longer demanded` };
    else if (looser(check.rule, next.rule) || weight(check) > weight(next)) yield { sense: 'weaker', what: `${check.path} loosened` };
    else if (looser(next.rule, check.rule) || weight(next) > weight(check)) yield { sense: 'stronger', what: `${check.path} tightened` };
  }
  for (const check of is) if (!was.some((other) => same(check, other))) yield { sense: 'stronger', what: `${check.path} demanded` };
}

function* besides(was: Remembered, is: Remembered): Generator<Change> {
  if (was.protectedBy) {
    const fewer = was.protectedBy.filter((id) => !is.protectedBy?.includes(id));
    if (fewer.length > 0) yield { sense: 'weaker', what: `no longer protected by ${fewer.join(', ')}` };
    else if ((is.protectedBy?.length ?? 0) > was.protectedBy.length) yield { sense: 'stronger', what: 'protected by more' };
  }
  if (was.domain && JSON.stringify(was.domain) !== JSON.stringify(is.domain))
    yield { sense: 'weaker', what: 'said to lie in another domain' };
  // What an older version did not write down cannot have changed.
  if (!was.asked) return;
  if (was.owner !== is.owner) yield { sense: 'neither', what: 'belongs to somebody else' };
  if (was.runbook !== is.runbook) yield { sense: 'neither', what: 'another runbook' };
}

/** A flag that had to stay on once it was on asks for less than one that has to be. */
function demandsMore(was: Check, is: Check): boolean {
  return was.rule.is === 'never_shrinks' && is.rule.is === 'equals' && is.rule.value === 1 && is.measure === was.measure;
}

/** How grave a breach is: as the check says, else as its kind of breach is by default. */
function weight({ severity, breach }: Check): number {
  return (severity ?? (breach === 'diminished' ? 'critical' : 'warning')) === 'warning' ? 0 : 1;
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
    case 'rises_at_most':
      return is.is === 'rises_at_most' && is.bound > was.bound;
    case 'jumps':
      return is.is === 'jumps' && (is.least > was.least || is.factor > was.factor);
    case 'falls':
      return is.is === 'falls' && (is.least > was.least || is.factor > was.factor);
    case 'restarts':
    case 'never_shrinks':
      return false;
  }
}
