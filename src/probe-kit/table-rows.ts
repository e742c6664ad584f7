import * as z from 'zod';
import type { Check, Facet } from '../probe.ts';
import { formatDuration } from '../values/duration.ts';
import { share } from '../values/fields.ts';

/** What a manifest may demand of the number of a table's rows. */
export const rowFields = {
  min_rows: z.int().min(1).optional().describe('Rows it has, at least; counted no further.'),
  max_shrink: share().optional().describe('By how much the exact count may fall below the highest ever seen healthy.'),
  grow_only: z.boolean().optional().describe('True: the exact count never falls.'),
};

type RowEntry = z.output<z.ZodObject<typeof rowFields>>;

interface AgeEntry {
  readonly fresh?: { readonly column: string; readonly within: number } | undefined;
  readonly oldest?: { readonly column: string; readonly at_least: number } | undefined;
}
type Severity = { readonly severity?: 'critical' | 'warning' | undefined };

/** How far a table is to be counted. `exists`: not at all; `floor`: no further than `floor` rows; `full`: all of them. */
export interface RowCount {
  readonly count: 'exists' | 'floor' | 'full';
  readonly floor: number;
}

export const tableFacet = (key: string): Facet => `content/tables.${key}`;
export const oldestFacet = (key: string): Facet => `content/oldest.${key}`;
export const freshFacet = (key: string): Facet => `freshness/tables.${key}`;

export function rowCount({ min_rows, max_shrink, grow_only }: RowEntry): RowCount {
  const all = max_shrink !== undefined || grow_only === true;
  return { count: all ? 'full' : min_rows === undefined ? 'exists' : 'floor', floor: min_rows ?? 0 };
}

const baseOf = (key: string, { severity }: Severity) =>
  ({ depth: 'inspect', breach: 'diminished', subject: key, ...(severity !== undefined && { severity }) }) as const;

/** That a table is there, by `tables.KEY.present`, and what its `tables.KEY.rows` must come to. */
export function rowChecks(key: string, entry: RowEntry & Severity): Check[] {
  const at = `tables.${key}`;
  const base = { ...baseOf(key, entry), facet: tableFacet(key) } as const;
  const rows = { ...base, measure: `${at}.rows`, noun: 'rows' } as const;
  const checks: Check[] = [
    {
      ...base,
      path: at,
      measure: `${at}.present`,
      noun: '',
      rule: { is: 'equals', value: 1 },
      sentence: `table ${key} does not exist (or its files are gone)`,
    },
  ];
  if (entry.min_rows !== undefined) checks.push({ ...rows, path: `${at}.min_rows`, rule: { is: 'at_least', bound: entry.min_rows } });
  if (entry.max_shrink !== undefined)
    checks.push({ ...rows, path: `${at}.max_shrink`, rule: { is: 'shrinks_at_most', share: entry.max_shrink, corroboration: [] } });
  if (entry.grow_only === true) checks.push({ ...rows, path: `${at}.grow_only`, rule: { is: 'never_shrinks' } });
  return checks;
}

/** How young the newest row must be, by `tables.KEY.newest_age`, and how old the oldest, by `tables.KEY.oldest_age`. */
export function ageChecks(key: string, entry: AgeEntry & Severity): Check[] {
  const at = `tables.${key}`;
  const base = { ...baseOf(key, entry), unit: 'ms', noun: '' } as const;
  const checks: Check[] = [];
  if (entry.fresh) {
    const { column, within } = entry.fresh;
    checks.push({
      ...base,
      breach: 'stale',
      facet: freshFacet(key),
      path: `${at}.fresh`,
      measure: `${at}.newest_age`,
      rule: { is: 'at_most', bound: within },
      sentence: `${key} has no row with a ${column} of the last ${formatDuration(within)}`,
    });
  }
  if (entry.oldest) {
    const { column, at_least } = entry.oldest;
    checks.push({
      ...base,
      facet: oldestFacet(key),
      path: `${at}.oldest`,
      measure: `${at}.oldest_age`,
      rule: { is: 'at_least', bound: at_least },
      sentence: `${key} has no row with a ${column} of more than ${formatDuration(at_least)} ago`,
    });
  }
  return checks;
}
