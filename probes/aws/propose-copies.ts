import { formatDuration, writeDuration } from '../../src/values/duration.ts';
import { floorUnder } from '../../src/values/floor-under.ts';
import { usualGap, withinFor } from '../../src/values/rhythm.ts';
import { newestOf, sayCopies, type Copy } from './copies.ts';
import type { Proposal } from './kind.ts';

/** What to demand of a set, from one look at it: a floor under its number, and an age in keeping with how often one is made. `now` in ms since 1970. */
export function proposeCopies(copies: readonly Copy[], now: number): Required<Pick<Proposal, 'expect' | 'facts'>> {
  const whole = copies.filter((one) => one.whole);
  const moments = whole.flatMap(({ at }) => (at ? [at.getTime()] : [])).toSorted((a, b) => b - a);
  const gap = usualGap(moments);
  const within = gap === undefined ? undefined : withinFor(gap);
  const age = now - (newestOf(whole)?.at?.getTime() ?? now);
  const encrypted = copies.every((one) => one.encrypted);
  return {
    expect: {
      ...(within !== undefined && { newest_within: writeDuration(within) }),
      ...(whole.length > 0 && { min_count: floorUnder(whole.length, 0.25) }),
      ...(encrypted && { encrypted: true }),
    },
    facts: [
      sayCopies(copies),
      ...(gap === undefined
        ? ['too few of them to tell how often one is made: add newest_within, such as 26h for a daily one']
        : [`one is made about every ${formatDuration(gap)}`]),
      ...(within !== undefined && age > within ? ['the newest is older than that: it would be stale at once'] : []),
      ...(whole.length === 0 ? ['none of them can be restored: it would be diminished at once'] : []),
      ...(encrypted ? [] : ['not each is encrypted']),
    ],
  };
}
