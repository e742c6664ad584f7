import * as z from 'zod';
import type { Check, Compiled, Parsed, Right } from '../../../../src/probe.ts';
import { formatDuration } from '../../../../src/values/duration.ts';
import { duration } from '../../../../src/values/fields.ts';
import { vaultName } from '../../backup/fields.ts';
import { grade } from '../../grade.ts';
import { defineKind } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { toDiscover } from '../../rights.ts';
import { partitionOf } from '../../s3/origin.ts';
import { entryAccount, entryMoment, entryRegion, entrySeverity } from '../../schema.ts';
import { LOCKS, POINTS, POLICY, type VaultTarget } from './target.ts';

const entrySchema = z.strictObject({
  vault: vaultName().describe('Its name, which is free again once it is deleted: identity says which one is meant.'),
  region: entryRegion(),
  identity: z
    .strictObject({
      account: entryAccount(),
      created: entryMoment().optional().describe('When it was made (CreationDate).'),
      kms_key: z.string().min(1).max(255).optional().describe('ARN of the key that encrypts it (EncryptionKeyArn).'),
    })
    .optional(),
  expect: z
    .strictObject({
      lock: z
        .enum(['final', 'locked', 'any'])
        .optional()
        .describe(
          'final: nobody may lift it any more; locked: at least some lock; any: whatever it is; unset: must not be weaker than it once was.',
        ),
      min_retention: duration()
        .optional()
        .describe(
          'For how long the lock keeps each recovery point (MinRetentionDays), at least; 0d: whatever it is; unset: must not fall.',
        ),
      min_points: z.int().min(1).max(1_000_000).optional().describe('Recovery points that can be restored, at least; counted one by one.'),
      policy: z
        .union([z.literal('none'), z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be none, or sha256: and 64 hexadecimal digits')])
        .optional()
        .describe('Digest of its access policy as an inspection tells it, or none (default: not looked at).'),
      severity: entrySeverity(),
    })
    .optional(),
});

type Entry = z.output<typeof entrySchema>;

function compile({ vault, region, identity, expect = {} }: Entry): Parsed<Compiled<VaultTarget>> {
  const checks = checksOf(`vault ${vault}`, expect);
  const inspected = [...new Set(checks.flatMap(({ depth, facet }) => (depth === 'inspect' ? [facet] : [])))];
  const target = { kind: 'aws.backup.vault', region, key: vault, inspected };
  return { ok: true, value: { target, identity: statedPin(identity), vantageKey: 'account', checks } };
}

function checksOf(subject: string, expect: NonNullable<Entry['expect']>): Check[] {
  const { lock, min_retention: least, min_points, policy, severity } = expect;
  const graded = { subject, severity } as const;
  const asked = lock === undefined || lock === 'any' ? lock : lock === 'final' ? LOCKS.final : LOCKS.removable;
  const plain = { subject, noun: '' } as const;
  const kept = least === undefined ? 'less long' : `less than ${formatDuration(least)}`;
  return [
    {
      ...plain,
      facet: 'content/state',
      depth: 'sweep',
      path: 'state',
      measure: 'failed',
      rule: { is: 'equals', value: 0 },
      breach: 'diminished',
      sentence: `${subject} is in state FAILED`,
    },
    ...grade({
      ...graded,
      name: 'lock',
      asked,
      sentence: `the lock of ${subject} ${lock === 'final' ? 'can still be lifted' : 'is off or weaker'}`,
    }),
    ...grade({
      ...graded,
      name: 'retention',
      path: 'min_retention',
      asked: least === 0 ? 'any' : least,
      unit: 'ms',
      sentence: `${subject} keeps its recovery points by its lock for ${kept}`,
    }),
    ...(min_points === undefined
      ? []
      : [
          {
            ...plain,
            facet: POINTS,
            depth: 'inspect',
            path: 'min_points',
            measure: 'points',
            noun: 'recovery points to restore from',
            rule: { is: 'at_least', bound: min_points },
            breach: 'diminished',
          } as const,
          // AWS calls the number in the listing an approximation: it makes the exact count due.
          {
            ...plain,
            facet: 'precursor/points',
            depth: 'sweep',
            path: 'min_points',
            measure: 'points_about',
            noun: 'recovery points',
            rule: { is: 'falls', least: 1, factor: 1 },
            breach: 'precursor',
          } as const,
        ]),
    ...(policy === undefined
      ? []
      : [
          {
            ...plain,
            facet: POLICY,
            depth: 'inspect',
            path: 'policy',
            measure: 'policy',
            rule: { is: 'equals', value: policy },
            breach: 'exposed',
            sentence: `the access policy of ${subject} is another than the one stated`,
            ...(severity && { severity }),
          } as const,
        ]),
  ];
}

function rights({ key, region, inspected }: VaultTarget & { readonly region: string }): Right[] {
  const on = `arn:${partitionOf(region)}:backup:${region}:*:backup-vault:${key}`;
  return [
    { right: 'backup:ListBackupVaults', on: '*', why: 'to list the vaults' },
    { right: 'backup:DescribeBackupVault', on, why: 'to ask for one by its name' },
    { right: 'ec2:DescribeRegions', on: '*', why: 'to tell an account without vaults from an answer that says nothing' },
    ...(inspected.includes(POINTS) ? [{ right: 'backup:ListRecoveryPointsByBackupVault', on, why: 'to count what is in it' }] : []),
    ...(inspected.includes(POLICY)
      ? [{ right: 'backup:GetBackupVaultAccessPolicy', on, why: 'to see whether its policy is the one stated' }]
      : []),
  ];
}

/** One vault of AWS Backup. */
export const backupVault = defineKind<VaultTarget>({
  name: 'aws.backup.vault',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  holds: 'copies',
  confirmAfterMs: 3000,
  listing: 'backup:ListBackupVaults',
  rights,
  heard: { services: ['backup'], names: ({ key }) => [key] },
  discovers: () => toDiscover('vault', 'backup:ListBackupVaults'),
  load: async () => (await import('./look.ts')).looker,
});
