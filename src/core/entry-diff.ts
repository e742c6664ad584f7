import type { Check, Resource } from './expectation.ts';

/** An entry of the manifest: its own keys, and the checks that were made of them. */
type Entry = Pick<Resource, 'asked' | 'checks'>;

/**
 * What the entry itself says otherwise than before, where no check has changed with it: another name, another path, one more owner. A key that is new
 * may narrow what is looked at (`type: manual` of a set of snapshots), or move it (`region`): the floors stay, and less stands behind them.
 */
export function compareEntries(was: Entry, is: Entry): string[] {
  if (!was.asked || !is.asked) return [];
  const [before, now] = [leaves(was.asked), leaves(is.asked)];
  const changed = [...before].filter(([path, value]) => now.get(path) !== value && !isFollowed(was, is, path, value, now.get(path)));
  const set = [...now.keys()].filter((path) => !before.has(path) && !isDemand(was, is, path));
  return [...changed.map(([path]) => `${path} changed`), ...set.map((path) => `${path} set`)];
}

/** Checks are named by their paths below it; what stands beside it says what is looked at, and is nobody's demand. */
const EXPECT = 'expect.';

/** Whether a key that was changed, or left out (`next` undefined), stands for a rule that changed with it: what that comes to is judged there. */
function isFollowed(was: Entry, is: Entry, leaf: string, value: string, next: string | undefined): boolean {
  if (!leaf.startsWith(EXPECT)) return false;
  const below = leaf.slice(EXPECT.length);
  const [old, own] = [was, is].map(({ checks }) => ruleOf(checks.find(({ path }) => path === below)));
  if (old !== own || (next !== undefined && isWeight(was, is, below))) return true;
  if (old !== undefined) return false;
  // A number may be the bound of the rule around it (`fresh.within`). One that is not is not excused by another beside it, however that was tightened.
  const around = below.slice(0, below.lastIndexOf('.'));
  const bound = (checks: readonly Check[], text: string | undefined): string | undefined =>
    ruleOf(checks.find(({ path, rule }) => path === around && 'bound' in rule && String(rule.bound) === text));
  const [before, after] = [bound(was.checks, value), bound(is.checks, next)];
  const isGone = next === undefined && !is.checks.some(({ path }) => path === around);
  return before !== undefined && (isGone || (after !== undefined && before !== after));
}

function ruleOf(check: Check | undefined): string | undefined {
  return check && JSON.stringify(check.rule);
}

/**
 * Whether a key of `expect` that is new is there for a check that is: one of those that it lists, or that of what it is a part of. One that has a check of its
 * own only says what was the default, or is judged with it.
 */
function isDemand(was: Entry, is: Entry, leaf: string): boolean {
  if (!leaf.startsWith(EXPECT)) return false;
  const below = leaf.slice(EXPECT.length);
  const before = new Set(was.checks.map(nameOf));
  const isNew = (check: Check): boolean => !before.has(nameOf(check));
  const isNear = ({ path }: Check): boolean => path.startsWith(`${below}.`) || below.startsWith(`${path}.`);
  return is.checks.some((check) => check.path === below || (isNear(check) && isNew(check))) || isWeight(was, is, below);
}

/** Whether a key is the weight of breaches around it, which has changed with it: that is judged with their checks. */
function isWeight(was: Entry, is: Entry, below: string): boolean {
  const around = below.replace(/(^|\.)severity$/, '');
  const before = new Map(was.checks.map((check) => [nameOf(check), check.severity]));
  return is.checks.some((check) => {
    const name = nameOf(check);
    const isAround = around !== below && `${check.path}.`.startsWith(around && `${around}.`);
    return isAround && before.has(name) && before.get(name) !== check.severity;
  });
}

function nameOf({ path, rule }: Check): string {
  return `${rule.is} ${path}`;
}

/** Every value of an entry under its path; a list is one value. Identity and tripwire are compared as what they are. */
function leaves(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map([[path, JSON.stringify(value)]]);
  const entries = Object.entries(value).filter(([key]) => path !== '' || (key !== 'identity' && key !== 'tripwire'));
  return new Map(entries.flatMap(([key, inner]) => [...leaves(inner, path === '' ? key : `${path}.${key}`)]));
}
