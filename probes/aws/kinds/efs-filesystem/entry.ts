import * as z from 'zod';
import type { Check, Compiled, Parsed, Right } from '../../../../src/probe.ts';
import { share, size } from '../../../../src/values/fields.ts';
import { defineKind, type AwsTarget } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { protection } from '../../protection.ts';
import { toDiscover } from '../../rights.ts';
import { partitionOf } from '../../s3/origin.ts';
import { entryAccount, entryMoment, entryRegion, entrySeverity } from '../../schema.ts';

const flagOf = (what: string) => z.boolean().optional().describe(`True: ${what}; false: need not be; unset: must stay so once it was.`);

const entrySchema = z.strictObject({
  file_system: z
    .string()
    .regex(/^fs-[0-9a-f]{8,40}$/, 'must be the id of a file system such as fs-0123456789abcdef0')
    .describe('Id of the file system (FileSystemId): it is never given twice.'),
  region: entryRegion(),
  identity: z
    .strictObject({
      account: entryAccount(),
      created: entryMoment().optional().describe('When it was made (CreationTime).'),
      kms_key: z.string().min(1).max(255).optional().describe('ARN of the key that encrypts it (KmsKeyId).'),
    })
    .optional(),
  expect: z
    .strictObject({
      encrypted: flagOf('it must be'),
      backup_policy: flagOf('AWS Backup must back it up by itself (inspected)'),
      overwrite_protection: flagOf('no replication may write over it'),
      min_mount_targets: z
        .int()
        .min(0)
        .max(1000)
        .optional()
        .describe('Mount targets, at least; 1 unless stated (0: not asked). All of them go before it can be deleted.'),
      min_size: size().optional().describe('Bytes that it holds, at least, as EFS meters them.'),
      max_shrink: share().optional().describe('By how much they may fall below the most ever seen (default: not asked).'),
      severity: entrySeverity(),
    })
    .optional(),
});

type Entry = z.output<typeof entrySchema>;

function compile({ file_system: key, region, identity, expect = {} }: Entry): Parsed<Compiled<AwsTarget>> {
  const target = { kind: 'aws.efs.filesystem', region, key };
  return {
    ok: true,
    value: { target, identity: statedPin(identity), vantageKey: 'account', checks: checksOf(`file system ${key}`, expect) },
  };
}

function checksOf(subject: string, expect: NonNullable<Entry['expect']>): Check[] {
  const { severity, min_mount_targets: targets = 1, min_size, max_shrink } = expect;
  const plain = { depth: 'sweep', subject, noun: '' } as const;
  const held = { ...plain, facet: 'content/size', measure: 'size', breach: 'diminished', unit: 'bytes' } as const;
  const checks: Check[] = [
    {
      ...plain,
      facet: 'content/state',
      path: 'state',
      measure: 'failed',
      rule: { is: 'equals', value: 0 },
      breach: 'diminished',
      sentence: `${subject} is in state error`,
    },
    ...protection({ name: 'encrypted', asked: expect.encrypted, subject, sentence: `${subject} is not encrypted`, severity }),
    ...protection({
      name: 'overwrite_protection',
      asked: expect.overwrite_protection,
      subject,
      sentence: `a replication may write over ${subject}`,
      severity,
    }),
    ...protection({
      name: 'backup_policy',
      asked: expect.backup_policy,
      subject,
      sentence: `automatic backups of ${subject} are off`,
      severity,
      depth: 'inspect',
    }),
  ];
  if (targets > 0)
    checks.push({
      ...plain,
      facet: 'precursor/mount_targets',
      path: 'min_mount_targets',
      measure: 'mount_targets',
      noun: 'mount targets',
      rule: { is: 'at_least', bound: targets },
      breach: 'precursor',
    });
  if (min_size !== undefined) checks.push({ ...held, path: 'min_size', rule: { is: 'at_least', bound: min_size } });
  if (max_shrink !== undefined)
    checks.push({
      ...held,
      path: 'max_shrink',
      // What is gone is gone from one of the classes that it is stored in, each metered by itself.
      rule: { is: 'shrinks_at_most', share: max_shrink, corroboration: ['standard', 'infrequent', 'archive'] },
    });
  return checks;
}

function rights({ key, region }: AwsTarget & { readonly region: string }, inspected: boolean): Right[] {
  const on = `arn:${partitionOf(region)}:elasticfilesystem:${region}:*:file-system/${key}`;
  return [
    { right: 'elasticfilesystem:DescribeFileSystems', on: '*', why: 'to list the file systems, and to ask for one by its id' },
    { right: 'ec2:DescribeRegions', on: '*', why: 'to tell an account without file systems from an answer that says nothing' },
    ...(inspected ? [{ right: 'elasticfilesystem:DescribeBackupPolicy', on, why: 'to see whether it is backed up by itself' }] : []),
  ];
}

/** One file system of EFS. */
export const efsFilesystem = defineKind<AwsTarget>({
  name: 'aws.efs.filesystem',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  confirmAfterMs: 3000,
  listing: 'elasticfilesystem:DescribeFileSystems',
  rights,
  heard: { services: ['elasticfilesystem'], names: ({ key }) => [key], members: /MountTarget/ },
  discovers: () => toDiscover('file system', 'elasticfilesystem:DescribeFileSystems'),
  load: async () => (await import('./look.ts')).looker,
});
