import * as z from 'zod';
import type { Check, Compiled, Parsed } from '../../../../src/probe.ts';
import { defineKind, type AwsTarget } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { level, protection } from '../../protection.ts';
import { historyChecks, historyFields, retentionField } from '../../rds/history.ts';
import { rdsName } from '../../rds/name.ts';
import { parameterGroupsRight } from '../../rds/second.ts';
import { toDiscover } from '../../rights.ts';
import { entryAccount, entryMoment, entryRegion, entrySeverity } from '../../schema.ts';

const flagOf = (what: string) => z.boolean().optional().describe(`True: ${what}; false: need not be; unset: must stay so once it was.`);

const entrySchema = z.strictObject({
  name: rdsName('a cluster').describe('Its DBClusterIdentifier; upper and lower case are the same.'),
  region: entryRegion(),
  identity: z
    .strictObject({
      account: entryAccount(),
      cluster_resource_id: z
        .string()
        .min(1)
        .max(255)
        .optional()
        .describe('DbClusterResourceId: never given twice, and kept when it is renamed.'),
      created: entryMoment().optional().describe('When it was made (ClusterCreateTime).'),
      kms_key: z.string().min(1).max(255).optional().describe('ARN of the key that encrypts it (KmsKeyId).'),
      engine: z.string().min(1).max(80).optional().describe('aurora-postgresql, aurora-mysql, ...'),
    })
    .optional(),
  expect: z
    .strictObject({
      min_members: z.int().min(0).max(100).optional().describe('Instances in it, at least (default 1: without one nothing answers).'),
      deletion_protection: flagOf('it must be on'),
      min_backup_retention: retentionField(),
      encrypted: flagOf('its storage must be'),
      multi_az: flagOf('it must have instances in several zones'),
      private: flagOf('it must not be reachable from the internet (PubliclyAccessible off)'),
      ...historyFields,
      severity: entrySeverity(),
    })
    .optional(),
});

type Entry = z.output<typeof entrySchema>;

function compile({ name, region, identity, expect = {} }: Entry): Parsed<Compiled<AwsTarget>> {
  const key = name.toLowerCase();
  const subject = `DB cluster ${key}`;
  const { severity, min_members = 1 } = expect;
  const plain = { depth: 'sweep', subject, noun: '' } as const;
  const flags = [
    ['deletion_protection', `deletion protection of ${subject} is off`],
    ['encrypted', `the storage of ${subject} is not encrypted`],
    ['multi_az', `${subject} has no instance in another zone`],
    ['private', `${subject} can be reached from the internet`],
  ] as const;
  const checks: Check[] = [
    {
      ...plain,
      facet: 'content/state',
      path: 'state',
      measure: 'trouble',
      rule: { is: 'equals', value: '' },
      breach: 'diminished',
      noun: 'as its status',
    },
    ...(min_members === 0
      ? []
      : [
          {
            ...plain,
            facet: 'content/members',
            path: 'min_members',
            measure: 'members',
            rule: { is: 'at_least', bound: min_members },
            breach: 'diminished',
            noun: 'instances',
          } as const,
        ]),
    ...flags.flatMap(([flag, sentence]) => protection({ name: flag, asked: expect[flag], subject, sentence, severity })),
    ...level({
      name: 'backup_retention',
      path: 'min_backup_retention',
      asked: expect.min_backup_retention,
      subject: `automated backups of ${subject}`,
      noun: 'of retention',
      unit: 'ms',
      severity,
    }),
    ...historyChecks(subject, expect),
  ];
  const pinned = identity?.cluster_resource_id;
  const target = { kind: 'aws.rds.cluster', region, key, ...(pinned !== undefined && { pinned }) };
  return { ok: true, value: { target, identity: statedPin(identity), vantageKey: 'account', checks } };
}

/** One cluster of Aurora, or of several zones. */
export const rdsCluster = defineKind<AwsTarget>({
  name: 'aws.rds.cluster',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  confirmAfterMs: 3000,
  listing: 'rds:DescribeDBClusters',
  rights: () => [
    { right: 'rds:DescribeDBClusters', on: '*', why: 'to list the clusters, and to ask for one by its name' },
    parameterGroupsRight('clusters'),
  ],
  heard: { services: ['rds'], names: ({ key, pinned }) => [key, ...(pinned === undefined ? [] : [pinned])] },
  discovers: () => toDiscover('cluster', 'rds:DescribeDBClusters'),
  load: async () => (await import('./look.ts')).looker,
});
