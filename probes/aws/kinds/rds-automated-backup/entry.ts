import * as z from 'zod';
import type { Compiled, Issue, Parsed } from '../../../../src/probe.ts';
import { defineKind } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { level, protection } from '../../protection.ts';
import { historyChecks, historyFields, retentionField } from '../../rds/history.ts';
import { rdsName } from '../../rds/name.ts';
import { parameterGroupsRight } from '../../rds/second.ts';
import { toDiscover } from '../../rights.ts';
import { entryAccount, entryMoment, entryRegion, entrySeverity } from '../../schema.ts';
import { LISTINGS, type BackupTarget } from './target.ts';

const resourceId = () => z.string().min(1).max(255).optional();

const entrySchema = z.strictObject({
  instance: rdsName('an instance').optional().describe('Of which instance they are (DBInstanceIdentifier); or `cluster`.'),
  cluster: rdsName('a cluster').optional().describe('Of which cluster they are (DBClusterIdentifier); or `instance`.'),
  region: entryRegion(),
  identity: z
    .strictObject({
      account: entryAccount(),
      dbi_resource_id: resourceId().describe('DbiResourceId of the instance.'),
      cluster_resource_id: resourceId().describe('DbClusterResourceId of the cluster.'),
      created: entryMoment().optional().describe('When the instance or cluster was made.'),
      kms_key: z.string().min(1).max(255).optional().describe('ARN of the key that encrypts them (KmsKeyId).'),
    })
    .optional(),
  expect: z
    .strictObject({
      min_backup_retention: retentionField(),
      encrypted: z.boolean().optional().describe('True: they must be; false: need not be; unset: must stay so once they were.'),
      replicated: z
        .boolean()
        .optional()
        .describe('True: RDS must copy them to another region; false: need not; unset: must go on once it did.'),
      ...historyFields,
      severity: entrySeverity(),
    })
    .optional(),
});

type Entry = z.output<typeof entrySchema>;

function compile({ instance, cluster, region, identity, expect = {} }: Entry): Parsed<Compiled<BackupTarget>> {
  const issues = issuesOf({ instance, cluster, identity });
  if (issues.length > 0) return { ok: false, issues };
  const scope = cluster === undefined ? 'instance' : 'cluster';
  const name = (cluster ?? instance ?? '').toLowerCase();
  const subject = `automated backups of DB ${scope} ${name}`;
  const { severity, encrypted, replicated, min_backup_retention } = expect;
  const pinned = identity?.dbi_resource_id ?? identity?.cluster_resource_id;
  const target: BackupTarget = {
    kind: 'aws.rds.automated_backup',
    region,
    key: `${scope} ${name}`,
    scope,
    name,
    ...(pinned !== undefined && { pinned }),
  };
  const checks = [
    ...level({
      name: 'backup_retention',
      path: 'min_backup_retention',
      asked: min_backup_retention,
      subject,
      noun: 'of retention',
      unit: 'ms',
      severity,
    }),
    ...protection({ name: 'encrypted', asked: encrypted, subject, sentence: `the ${subject} are not encrypted`, severity }),
    ...protection({
      name: 'replicated',
      asked: replicated,
      subject,
      sentence: `the ${subject} are not copied to another region`,
      severity,
    }),
    ...historyChecks(subject, expect),
  ];
  return { ok: true, value: { target, identity: statedPin(identity), vantageKey: 'account', checks } };
}

function issuesOf({ instance, cluster, identity }: Pick<Entry, 'instance' | 'cluster' | 'identity'>): Issue[] {
  const wrong: [readonly string[], string | false][] = [
    [['instance'], (instance === undefined) === (cluster === undefined) && 'must be there, or `cluster` instead of it'],
    [['identity', 'dbi_resource_id'], cluster !== undefined && identity?.dbi_resource_id !== undefined && 'is for instances'],
    [['identity', 'cluster_resource_id'], instance !== undefined && identity?.cluster_resource_id !== undefined && 'is for clusters'],
  ];
  return wrong.flatMap(([path, message]) => (message === false ? [] : [{ path: [...path], message }]));
}

/** What RDS keeps of one instance or cluster by itself, and for how long after it is gone. */
export const rdsAutomatedBackup = defineKind<BackupTarget>({
  name: 'aws.rds.automated_backup',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  holds: 'copies',
  confirmAfterMs: 3000,
  listing: LISTINGS.instance,
  listings: LISTINGS,
  rights: ({ scope }) => [
    { right: LISTINGS[scope], on: '*', why: 'to list the automated backups, of what is gone too' },
    parameterGroupsRight('automated backups'),
  ],
  heard: { services: ['rds'], names: ({ name }) => [name], members: /AutomatedBackup/ },
  discovers: () => toDiscover('automated backup', ...Object.values(LISTINGS)),
  load: async () => (await import('./look.ts')).looker,
});
