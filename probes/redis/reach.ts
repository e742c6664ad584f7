import type { Reach, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { Power, Strength } from './powers.ts';
import { revoke, sayPowers } from './strengths.ts';
import type { DatabaseTarget } from './target.ts';

interface Reacher {
  readonly agent: string;
  readonly as: string;
  readonly user: string;
}

/** With these all that the server holds can be destroyed, or copied over; what only reads destroys nothing. */
const LETHAL: ReadonlySet<Strength> = new Set(['flush', 'admin']);

/**
 * What an agent could destroy of these databases. ACL rules know keys and no databases, so who may touch any key may touch it in all of them.
 * `powers`: by key what it may run; `anyKey` is the one that stands for all others.
 */
export function reachOf(
  { agent, as, user }: Reacher,
  wanted: readonly Wanted<DatabaseTarget>[],
  powers: ReadonlyMap<string, readonly Power[]>,
  anyKey: string,
): Reach[] {
  const ids = wanted.map(({ id }) => id);
  const reach = (over: readonly string[], right: Strength, some: readonly Power[], on = ''): Reach => ({
    kind: 'reach',
    agent,
    as,
    ids: over,
    right,
    what: clean(`${sayPowers(right, some)}${on}`, 600),
    at: 'the server',
    fix: [revoke(user, some)],
  });
  const found = Map.groupBy(powers.get(anyKey) ?? [], ({ strength }) => strength);
  const whole = [...found].flatMap(([right, some]) => (LETHAL.has(right) ? [reach(ids, right, some)] : []));
  const writes = found.get('write');
  if (writes) return [...whole, reach(ids, 'write', writes, ' by any key')];
  const single = wanted.flatMap(({ id, target }) =>
    [...(target.mark === undefined ? [] : [target.mark]), ...target.sentinels].flatMap((key) => {
      const some = (powers.get(key) ?? []).filter(({ strength }) => strength === 'write');
      return some.length > 0 ? [reach([id], 'write', some, ` on key ${clean(key, 120)}`)] : [];
    }),
  );
  return [...whole, ...single];
}
