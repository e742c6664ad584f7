import type { Check } from '../../../../src/probe.ts';
import { level, protection } from '../../protection.ts';
import type { Entry } from './schema.ts';
import { BACKUP_AGE, BACKUP_COUNT, NO_ITEM, SENTINEL } from './target.ts';

/** What is asked of a table; `subject`: `table orders`. */
export function checksOf(subject: string, expect: NonNullable<Entry['expect']>): Check[] {
  const { severity } = expect;
  return [
    {
      facet: 'content/state',
      depth: 'sweep',
      subject,
      path: 'state',
      measure: 'trouble',
      rule: { is: 'equals', value: '' },
      breach: 'diminished',
      noun: 'as its status',
    },
    ...protection({
      name: 'deletion_protection',
      asked: expect.deletion_protection,
      subject,
      sentence: `deletion protection of ${subject} is off`,
      severity,
    }),
    ...protection({
      name: 'pitr',
      asked: expect.pitr,
      subject,
      sentence: `point-in-time recovery of ${subject} is off`,
      severity,
      depth: 'inspect',
    }),
    ...level({
      name: 'recovery_window',
      path: 'min_recovery_window',
      asked: expect.min_recovery_window,
      subject: `point-in-time recovery of ${subject}`,
      noun: 'of recovery window',
      unit: 'ms',
      severity,
      depth: 'inspect',
    }),
    ...itemChecks(subject, expect),
    ...backupChecks(subject, expect),
  ];
}

function itemChecks(subject: string, { min_items, max_shrink, sentinel }: NonNullable<Entry['expect']>): Check[] {
  const items = { facet: 'content/items', depth: 'sweep', subject, measure: 'items', breach: 'diminished', noun: 'items' } as const;
  const checks: Check[] = [];
  if (min_items !== undefined) checks.push({ ...items, path: 'min_items', rule: { is: 'at_least', bound: min_items } });
  if (max_shrink !== undefined)
    checks.push({ ...items, path: 'max_shrink', rule: { is: 'shrinks_at_most', share: max_shrink, corroboration: ['bytes'] } });
  if (sentinel) {
    const item = { facet: SENTINEL, depth: 'inspect', subject: `the sentinel item of ${subject}`, breach: 'diminished', noun: '' } as const;
    const { digest } = sentinel;
    checks.push(
      digest === undefined
        ? {
            ...item,
            path: 'sentinel',
            measure: 'sentinel_there',
            rule: { is: 'equals', value: 1 },
            sentence: `the sentinel item of ${subject} is ${NO_ITEM}`,
          }
        : { ...item, path: 'sentinel.digest', measure: 'sentinel', rule: { is: 'equals', value: digest }, noun: 'instead of what it was' },
    );
  }
  return checks;
}

function backupChecks(subject: string, { newest_backup_within: within, min_backups }: NonNullable<Entry['expect']>): Check[] {
  const checks: Check[] = [];
  if (within !== undefined)
    checks.push({
      facet: BACKUP_AGE,
      depth: 'inspect',
      path: 'newest_backup_within',
      measure: 'newest_backup_age',
      breach: 'stale',
      subject: `the newest backup of ${subject}`,
      unit: 'ms',
      noun: 'of age',
      rule: { is: 'at_most', bound: within },
    });
  if (min_backups !== undefined)
    checks.push({
      facet: BACKUP_COUNT,
      depth: 'inspect',
      path: 'min_backups',
      measure: 'backups',
      breach: 'diminished',
      subject,
      noun: 'backups to restore from',
      rule: { is: 'at_least', bound: min_backups },
    });
  return checks;
}
