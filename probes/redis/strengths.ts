import type { Strong } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { redisCli } from './acl-text.ts';
import { DEFAULT_USER } from './connector.ts';
import type { Power, Strength } from './powers.ts';

const SEVERITY: Readonly<Record<Strength, Strong['severity']>> = {
  flush: 'critical',
  write: 'critical',
  admin: 'critical',
  copy: 'critical',
  secrets: 'critical',
  read: 'warning',
  script: 'warning',
};

/** In words, what who may run these can do. */
const MEANING: Readonly<Record<Strength, string>> = {
  flush: 'can empty whole databases',
  write: 'can change and delete keys that it has no business with',
  admin: 'can change how the server runs, who may do what, or end it',
  copy: 'can copy all that the server holds',
  secrets: 'can read passwords or their digests',
  read: 'can read keys that it has no business with',
  script: 'can run scripts, and hold the server up with them',
};

/** What the watcher's own user can do beyond looking: one finding for each kind of it. */
export function strengthsOf(user: string, powers: readonly Power[]): Strong[] {
  return [...Map.groupBy(powers, ({ strength }) => strength)].map(([right, some]) => ({
    kind: 'strong',
    right,
    on: 'the server',
    severity: SEVERITY[right],
    what: clean(`${user} ${sayPowers(right, some)}`, 600),
    fix: [
      user === DEFAULT_USER
        ? '# rollcall grants --role NAME makes the watcher a user of its own: the default one is not to be narrowed for it'
        : revoke(user, some),
    ],
  }));
}

/** `can empty whole databases (FLUSHALL, FLUSHDB)`. */
export function sayPowers(right: Strength, powers: readonly Power[]): string {
  return `${MEANING[right]} (${powers.map(({ rule }) => rule.replace('|', ' ').toUpperCase()).join(', ')})`;
}

/** Takes these commands from a user, and nothing else. */
export function revoke(user: string, powers: readonly Power[]): string {
  return redisCli('ACL', 'SETUSER', user, ...powers.map(({ rule }) => `-${rule}`));
}
