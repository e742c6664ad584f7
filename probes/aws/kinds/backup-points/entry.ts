import * as z from 'zod';
import type { Check, Compiled, Parsed, Right } from '../../../../src/probe.ts';
import { formatDuration } from '../../../../src/values/duration.ts';
import { duration, share, size } from '../../../../src/values/fields.ts';
import { aliasOf } from '../../alias.ts';
import { grade } from '../../grade.ts';
import { defineKind } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { toDiscover } from '../../rights.ts';
import { partitionOf } from '../../s3/origin.ts';
import { entryAccount, entryMoment, entryRegion, entrySeverity } from '../../schema.ts';
import { vaultName } from '../../backup/fields.ts';
import { PLAN, type PointsTarget } from './target.ts';

const entrySchema = z.strictObject({
  vault: vaultName().describe('The vault that they are in.'),
  resource: z
    .string()
    .regex(/^arn:[a-z-]+:[a-z0-9-]+:/, 'must be an ARN')
    .max(2048)
    .optional()
    .describe('ARN of what they are backups of (default: everything in the vault).'),
  region: entryRegion(),
  identity: z
    .strictObject({
      account: entryAccount(),
      vault_created: entryMoment().optional().describe('When the vault was made (CreationDate).'),
    })
    .optional(),
  expect: z
    .strictObject({
      newest_within: duration({ min: 1 }).optional().describe('Age of the newest that can be restored, at most.'),
      min_count: z.int().min(1).max(1_000_000).optional().describe('Recovery points that can be restored, at least; 1 unless stated.'),
      max_shrink: share().optional().describe('By how much their number may fall below the most ever seen.'),
      min_size: size().optional().describe('Size of the newest, at least (BackupSizeInBytes; default: not asked).'),
      min_reach: duration({ min: 1 }).optional().describe('Age of the oldest that can be restored, at least: how far back they go.'),
      min_left: duration({ min: 1 }).optional().describe('How long it is until the last of them is deleted by its lifecycle, at least.'),
      min_kept: duration()
        .optional()
        .describe('For how long each is kept by its lifecycle, at least; 0d: whatever it is; unset: must not be less than it once was.'),
      plan: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .describe('Id of the backup plan that makes them: it must be there, with a rule for this vault and a selection.'),
      severity: entrySeverity(),
    })
    .optional(),
});

type Entry = z.output<typeof entrySchema>;

function compile({ vault, resource, region, identity, expect = {} }: Entry): Parsed<Compiled<PointsTarget>> {
  const subject = resource === undefined ? `vault ${vault}` : `${resource} in vault ${vault}`;
  const target: PointsTarget = { kind: 'aws.backup.recovery_points', region, key: vault, scope: vault, resource, plan: expect.plan };
  return { ok: true, value: { target, identity: statedPin(identity), vantageKey: 'account', checks: checksOf(vault, subject, expect) } };
}

function checksOf(vault: string, subject: string, expect: NonNullable<Entry['expect']>): Check[] {
  const { newest_within, min_count = 1, max_shrink, min_size, min_reach, min_left, min_kept, plan, severity } = expect;
  const plain = { depth: 'sweep', breach: 'diminished', subject, noun: '' } as const;
  const newest = `the newest recovery point of ${subject}`;
  const counted = { ...plain, facet: 'content/count', measure: 'count', noun: 'recovery points to restore from' } as const;
  const kept = min_kept === undefined ? 'less long' : `less than ${formatDuration(min_kept)}`;
  const checks: Check[] = [
    { ...counted, path: 'min_count', rule: { is: 'at_least', bound: min_count } },
    ...grade({
      name: 'kept',
      path: 'min_kept',
      asked: min_kept === 0 ? 'any' : min_kept,
      subject,
      unit: 'ms',
      severity,
      sentence: `a recovery point of ${subject} is kept for ${kept}`,
    }),
  ];
  if (max_shrink !== undefined)
    checks.push({ ...counted, path: 'max_shrink', rule: { is: 'shrinks_at_most', share: max_shrink, corroboration: [] } });
  if (newest_within !== undefined)
    checks.push({
      ...plain,
      facet: 'freshness/newest',
      path: 'newest_within',
      measure: 'newest_age',
      breach: 'stale',
      subject: newest,
      unit: 'ms',
      noun: 'of age',
      rule: { is: 'at_most', bound: newest_within },
    });
  if (min_size !== undefined)
    checks.push({
      ...plain,
      facet: 'content/size',
      path: 'min_size',
      measure: 'newest_size',
      subject: newest,
      unit: 'bytes',
      rule: { is: 'at_least', bound: min_size },
    });
  if (min_reach !== undefined)
    checks.push({
      ...plain,
      facet: 'content/reach',
      path: 'min_reach',
      measure: 'reach',
      subject: `the oldest recovery point of ${subject}`,
      unit: 'ms',
      noun: 'of age',
      rule: { is: 'at_least', bound: min_reach },
    });
  if (min_left !== undefined)
    checks.push({
      ...plain,
      facet: 'precursor/left',
      path: 'min_left',
      measure: 'left',
      breach: 'precursor',
      unit: 'ms',
      sentence: `in less than ${formatDuration(min_left)} the last recovery point of ${subject} is deleted by its lifecycle`,
      rule: { is: 'at_least', bound: min_left },
      ...(severity && { severity }),
    });
  if (plan !== undefined)
    checks.push({
      ...plain,
      facet: PLAN,
      depth: 'inspect',
      path: 'plan',
      measure: 'plan',
      breach: 'exposed',
      sentence: `backup plan ${plan} makes no recovery points in vault ${vault} any more`,
      rule: { is: 'equals', value: 1 },
      ...(severity && { severity }),
    });
  return checks;
}

function rights({ key, region, plan }: PointsTarget & { readonly region: string }): Right[] {
  const arn = `arn:${partitionOf(region)}:backup:${region}:*`;
  return [
    { right: 'backup:ListRecoveryPointsByBackupVault', on: `${arn}:backup-vault:${key}`, why: 'to list what is in the vault' },
    { right: 'backup:ListBackupVaults', on: '*', why: 'to tell a vault that is gone, or empty, from an answer that says nothing' },
    { right: 'ec2:DescribeRegions', on: '*', why: 'to tell an account without vaults from an answer that says nothing' },
    ...(plan === undefined
      ? []
      : [
          { right: 'backup:ListBackupPlans', on: '*', why: 'to see whether the plan is there' },
          { right: 'backup:GetBackupPlan', on: `${arn}:backup-plan:${plan}`, why: 'to see whether it has a rule for this vault' },
          { right: 'backup:ListBackupSelections', on: `${arn}:backup-plan:${plan}`, why: 'to see whether it backs anything up' },
        ]),
  ];
}

/** The recovery points of a vault of AWS Backup, or those of one resource. */
export const backupPoints = defineKind<PointsTarget>({
  name: 'aws.backup.recovery_points',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  holds: 'copies',
  confirmAfterMs: 3000,
  listing: 'backup:ListRecoveryPointsByBackupVault',
  explored: 'backup:ListBackupVaults',
  // A vault is on the roll by what is backed up there, too.
  covers: (target, { entry: { resource }, aliases = [] }) =>
    aliases.includes(aliasOf(target)) && (target.resource === undefined || resource === undefined || target.resource === resource),
  rights,
  heard: {
    services: ['backup'],
    names: ({ key, resource, plan }) => [key, ...(resource === undefined ? [] : [resource]), ...(plan === undefined ? [] : [plan])],
  },
  discovers: (depth) =>
    toDiscover('recovery point', 'backup:ListBackupVaults', ...(depth === 'proposals' ? ['backup:ListRecoveryPointsByBackupVault'] : [])),
  load: async () => (await import('./look.ts')).looker,
});
