import type * as z from 'zod';
import type { Check } from '../../../src/probe.ts';
import { duration, share } from '../../../src/values/fields.ts';

/** How much of the history may go unless the entry says otherwise: what is restorable grows and shrinks by a day without anybody's doing. */
const MOST_SHRINK = 0.5;
const DAYS_35 = 35 * 86_400_000;

/** For how long backups are kept. */
export const retentionField = () =>
  duration({ max: DAYS_35 })
    .optional()
    .describe('For how long automated backups are kept, at least; unset: must not fall once it was seen; 0d: whatever it is.');

/** To which moments something must be restorable. */
export const historyFields = {
  restorable_within: duration({ min: 60_000 })
    .optional()
    .describe('Age of the newest moment that it can be restored to, at most; not under 10m (default: not asked).'),
  min_history: duration({ min: 60_000, max: DAYS_35 }).optional().describe('How far back it can be restored, at least.'),
  max_history_shrink: share()
    .optional()
    .describe('By how much that may fall below the furthest back ever seen (default 50%; 100%: whatever it is).'),
};

type HistoryExpect = { readonly [K in keyof typeof historyFields]?: z.output<(typeof historyFields)[K]> };

/** The newest moment that `subject` can be restored to, and how far back. A start that jumps forward is history that is lost. */
export function historyChecks(subject: string, expect: HistoryExpect): Check[] {
  const { restorable_within, min_history, max_history_shrink = MOST_SHRINK } = expect;
  const back = {
    facet: 'content/history',
    depth: 'sweep',
    measure: 'history',
    breach: 'diminished',
    unit: 'ms',
    subject: `what ${subject} can be restored to`,
    noun: 'of history',
  } as const;
  const checks: Check[] = [];
  if (restorable_within !== undefined) checks.push(restorable(subject, restorable_within));
  if (min_history !== undefined) checks.push({ ...back, path: 'min_history', rule: { is: 'at_least', bound: min_history } });
  if (max_history_shrink < 1)
    checks.push({ ...back, path: 'max_history_shrink', rule: { is: 'shrinks_at_most', share: max_history_shrink, corroboration: [] } });
  return checks;
}

/** That the newest moment to which `subject` can be restored is not older than `bound`, ms. */
export function restorable(subject: string, bound: number): Check {
  return {
    facet: 'freshness/restorable',
    depth: 'sweep',
    path: 'restorable_within',
    measure: 'restorable.age',
    rule: { is: 'at_most', bound },
    breach: 'stale',
    unit: 'ms',
    subject: `the newest moment that ${subject} can be restored to`,
    noun: 'of age',
  };
}
