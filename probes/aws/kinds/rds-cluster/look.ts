import type { DBCluster } from '@aws-sdk/client-rds';
import { listOf } from '../../answer.ts';
import { accountOf } from '../../arn.ts';
import { defineOne, type AwsTarget, type Reading } from '../../kind.ts';
import { exact, flag, pinOf, text } from '../../measure.ts';
import { pagesOf } from '../../pages.ts';
import { parameterGroups } from '../../rds/second.ts';
import { troubleOf } from '../../rds/trouble.ts';

/** The most that one page of it may have. */
const PAGE = 100;
const DAY_MS = 86_400_000;

function pin(cluster: DBCluster, account: string): Record<string, string> {
  const { DbClusterResourceId: cluster_resource_id, ClusterCreateTime: created, KmsKeyId: kms_key, Engine: engine } = cluster;
  return pinOf({ account, cluster_resource_id, created, kms_key, engine });
}

/** Instances in it. Serverless of the first generation has none that are told of, and answers all the same. */
function membersOf({ DBClusterMembers: members = [], EngineMode: mode }: DBCluster): number {
  return mode === 'serverless' ? Math.max(1, members.length) : members.length;
}

function read(cluster: DBCluster, { key }: AwsTarget, now: number, account: string): Reading {
  const { DbClusterResourceId: id, ClusterCreateTime: created, EarliestRestorableTime: earliest } = cluster;
  const { Status: status = 'unknown', BackupRetentionPeriod: days = 0, LatestRestorableTime: latest = created } = cluster;
  const members = membersOf(cluster);
  const made = `made ${created?.toISOString() ?? 'at an unknown time'}`;
  const back = earliest === undefined ? 'restorable to no moment' : `restorable back to ${earliest.toISOString()}`;
  return {
    pin: pin(cluster, account),
    measures: {
      trouble: text(troubleOf(status)),
      members: exact(members, 'count'),
      deletion_protection: flag(cluster.DeletionProtection === true),
      backup_retention: exact(days * DAY_MS, 'ms'),
      encrypted: flag(cluster.StorageEncrypted === true),
      multi_az: flag(cluster.MultiAZ === true),
      private: flag(cluster.PubliclyAccessible !== true),
      // One that was never restorable has been so for as long as it is there, and has no history.
      ...(latest && { 'restorable.age': exact(Math.max(0, now - latest.getTime()), 'ms') }),
      history: exact(earliest === undefined ? 0 : Math.max(0, now - earliest.getTime()), 'ms'),
    },
    say: `${key} is ${status}, ${id ?? 'without a resource id'}, ${made}, ${members} instances, ${back}`,
    ...(status === 'deleting' && { doom: { what: `DB cluster ${key} is being deleted`, undo: undoOf(id ?? '') } }),
  };
}

/** The deletion itself cannot be stopped; what was kept can be restored. */
function undoOf(id: string): string {
  return `it cannot be stopped; from kept backups: aws rds restore-db-cluster-to-point-in-time --source-db-cluster-resource-id ${id} --use-latest-restorable-time`;
}

/** Clusters, all that there is to know of them in one listing. */
export const looker = defineOne<DBCluster, AwsTarget>({
  of: 'one',
  async *list({ ask }) {
    const pages = pagesOf(
      (Marker) =>
        ask('rds', 'DescribeDBClusters', (rds, options) =>
          rds.describeDBClusters({ MaxRecords: PAGE, ...(Marker !== undefined && { Marker }) }, options),
        ),
      ({ Marker }) => Marker,
    );
    for await (const { DBClusters } of pages) yield listOf(DBClusters, 'DBClusters');
  },
  keys: ({ DBClusterIdentifier }) => (DBClusterIdentifier === undefined ? [] : [DBClusterIdentifier.toLowerCase()]),
  account: ({ DBClusterArn }) => accountOf(DBClusterArn),
  id: ({ DbClusterResourceId }) => DbClusterResourceId,
  second: parameterGroups,
  directCall: 'rds:DescribeDBClusters by name',
  notFound: ['DBClusterNotFoundFault', 'DBClusterNotFound'],
  direct: async ({ ask }, { key }) =>
    (await ask('rds', 'DescribeDBClusters', (rds, options) => rds.describeDBClusters({ DBClusterIdentifier: key }, options)))
      .DBClusters?.[0],
  read,
  found: ({ DBClusterIdentifier: name = '', ...cluster }, _, account) => ({
    label: name,
    name,
    entry: { name },
    pin: pin(cluster, account),
    // What is weak is not proposed: people see it in the facts, and may ask for better.
    expect: {
      ...(membersOf(cluster) === 0 && { min_members: 0 }),
      ...(cluster.DeletionProtection === true && { deletion_protection: true }),
      ...(cluster.BackupRetentionPeriod && { min_backup_retention: `${cluster.BackupRetentionPeriod}d` }),
      ...(cluster.StorageEncrypted === true && { encrypted: true }),
      ...(cluster.MultiAZ === true && { multi_az: true }),
    },
    sweep: '30s',
    facts: [
      `${cluster.Engine ?? 'unknown engine'}, ${membersOf(cluster)} instances, ${cluster.Status ?? 'in an unknown state'}`,
      ...(cluster.DeletionProtection === true ? [] : ['deletion protection is off']),
      ...(cluster.EarliestRestorableTime ? [] : ['restorable to no moment']),
    ],
  }),
});
