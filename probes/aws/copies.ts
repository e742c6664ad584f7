import * as z from 'zod';
import type { Check, Measure } from '../../src/probe.ts';
import { duration, share } from '../../src/values/fields.ts';
import { exact, flag } from './measure.ts';
import { protection } from './protection.ts';
import { entrySeverity } from './schema.ts';
import { sharedWithField } from './shares.ts';

/** One snapshot, of whatever: what a set of them is judged by. */
export interface Copy {
  /** When what it holds was taken; undefined where the API does not say. */
  readonly at: Date | undefined;
  /** True where it can be restored from. */
  readonly whole: boolean;
  readonly encrypted: boolean;
}

/** By how much a set may shrink unless the entry says otherwise: rotation takes one for each that it adds. */
const MOST_SHRINK = 0.5;

/** What may be expected of a set of snapshots. */
export const copyFields = {
  newest_within: duration({ min: 60_000 }).optional().describe('Age of the newest that can be restored, at most (default: not asked).'),
  min_count: z.int().min(1).max(1_000_000).optional().describe('How many can be restored, at least; 1 unless stated.'),
  max_shrink: share()
    .optional()
    .describe('By how much their number may fall below the most ever seen (default 50%; 100%: whatever it is).'),
  encrypted: z.boolean().optional().describe('True: each must be; false: need not be; unset: must stay so once all were.'),
  shared_with: sharedWithField(),
  severity: entrySeverity(),
};

type CopyExpect = { readonly [K in keyof typeof copyFields]?: z.output<(typeof copyFields)[K]> };

/** The checks that a sweep can make of a set. `subject`: `snapshots of DB instance orders`. */
export function copyChecks(subject: string, expect: CopyExpect): Check[] {
  const { newest_within, min_count = 1, max_shrink = MOST_SHRINK, encrypted, severity } = expect;
  const counted = {
    facet: 'content/count',
    depth: 'sweep',
    measure: 'count',
    breach: 'diminished',
    subject,
    noun: 'to restore from',
  } as const;
  const checks: Check[] = [
    { ...counted, path: 'min_count', rule: { is: 'at_least', bound: min_count } },
    ...protection({ name: 'encrypted', asked: encrypted, subject, sentence: `not each of the ${subject} is encrypted`, severity }),
  ];
  if (max_shrink < 1)
    checks.push({ ...counted, path: 'max_shrink', rule: { is: 'shrinks_at_most', share: max_shrink, corroboration: [] } });
  if (newest_within !== undefined)
    checks.push({
      facet: 'freshness/newest',
      depth: 'sweep',
      path: 'newest_within',
      measure: 'newest_age',
      rule: { is: 'at_most', bound: newest_within },
      breach: 'stale',
      unit: 'ms',
      subject: `the newest of the ${subject}`,
      noun: 'of age',
    });
  return checks;
}

/** The newest that can be restored from; undefined where there is none. */
export function newestOf<One extends Copy>(copies: readonly One[]): One | undefined {
  return copies
    .filter(({ whole }) => whole)
    .reduce<One | undefined>((best, one) => (best && atOf(best) >= atOf(one) ? best : one), undefined);
}

/** What a sweep measures of a set. Where nothing can be restored, the newest is as old as can be. */
export function copyMeasures(copies: readonly Copy[], now: number): Record<string, Measure> {
  const whole = copies.filter((one) => one.whole);
  const newest = newestOf(whole);
  return {
    count: exact(whole.length, 'count'),
    newest_age: exact(newest ? Math.max(0, now - atOf(newest)) : now, 'ms'),
    encrypted: flag(copies.every((one) => one.encrypted)),
  };
}

/** How many, and how new, for evidence. */
export function sayCopies(copies: readonly Copy[]): string {
  const whole = copies.filter((one) => one.whole);
  const newest = newestOf(whole)?.at;
  const others = copies.length - whole.length;
  return [
    `${whole.length} to restore from`,
    ...(newest ? [`the newest of ${newest.toISOString()}`] : []),
    ...(others > 0 ? [`${others} that cannot be restored, or not yet`] : []),
  ].join(', ');
}

function atOf({ at }: Copy): number {
  return at?.getTime() ?? 0;
}
