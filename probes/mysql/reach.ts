import type { Reach, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { matchesPattern, type GrantLine, type Level } from './grant-lines.ts';
import { destroys, sayLevel, sqlLevel, type RightsLine } from './privileges.ts';
import { runnable } from './sql-text.ts';
import type { DatabaseTarget } from './target.ts';

/** Where the statements of a fix are run: a server has one place for all. */
export const AT = 'the server';

/** Somebody's rights, and as whom it has them: itself, or a role. */
export interface Holder {
  /** As SQL names it. */
  readonly account: string;
  readonly lines: readonly GrantLine[];
}

export interface Reacher {
  readonly agent: string;
  readonly as: string;
  readonly holders: readonly Holder[];
}

/** What an agent could do to each of these databases, or to what the roll names in it; to anything in it where the roll names no table. */
export function reachOf({ agent, as, holders }: Reacher, wanted: readonly Wanted<DatabaseTarget>[]): Reach[] {
  return holders.flatMap(({ account, lines }) => {
    const rights = lines.filter((line): line is RightsLine => line.is === 'rights');
    return rights.flatMap((line) => {
      const { on, revoked } = line;
      const lethal = line.rights.filter((right) => destroys(right, on));
      if (revoked || lethal.length === 0) return [];
      const ids = wanted.filter((one) => covers(on, one) && !isTakenBack(line, rights, one)).map(({ id }) => id);
      if (ids.length === 0) return [];
      const fix = [`${runnable(`REVOKE ${lethal.join(', ')} ON ${sqlLevel(on)} FROM ${account}`)};`];
      const what = clean(`may ${lethal.join(', ')} on ${sayLevel(on)}${holders[0]?.account === account ? '' : ` as ${account}`}`, 600);
      return [{ kind: 'reach', agent, as, ids, right: on.is === 'global' ? 'admin' : 'write', what, at: AT, fix } as const];
    });
  });
}

function covers(on: Level, { target }: Wanted<DatabaseTarget>): boolean {
  if (on.is === 'global') return true;
  if ('pattern' in on) return matchesPattern(on.pattern, target.name);
  if (on.is === 'routine' || on.database !== target.name) return false;
  return target.tables.length === 0 || target.tables.some(({ name }) => name === on.name);
}

/** MySQL's partial revokes: all that was granted on the whole server is taken back for one database. */
function isTakenBack(line: RightsLine, all: readonly RightsLine[], { target }: Wanted<DatabaseTarget>): boolean {
  if (line.on.is !== 'global') return false;
  const lethal = line.rights.filter((right) => destroys(right, line.on));
  const back = all.filter(({ revoked, on }) => revoked && 'pattern' in on && on.pattern === target.name);
  const taken = new Set(back.flatMap(({ rights }) => rights));
  return lethal.every((right) => taken.has(right));
}
