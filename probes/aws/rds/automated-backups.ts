import type { DBClusterAutomatedBackup, DBInstanceAutomatedBackup } from '@aws-sdk/client-rds';
import { listOf } from '../answer.ts';
import { accountOf } from '../arn.ts';
import { pagesOf } from '../pages.ts';
import type { Vantage } from '../vantage.ts';
import type { Source } from './snapshots.ts';

/** The most that one page of them may have. */
const PAGE = 100;

/** What RDS keeps of one instance or cluster by itself. */
export interface AutomatedBackup {
  readonly source: Source;
  /** Of what, in lower case. */
  readonly name: string;
  /** DbiResourceId or DbClusterResourceId of that. */
  readonly resourceId: string | undefined;
  readonly created: Date | undefined;
  readonly owner: string | undefined;
  /** `active`, `creating`, `retained`. */
  readonly status: string;
  /** For how many days it is kept. */
  readonly days: number;
  readonly earliest: Date | undefined;
  readonly latest: Date | undefined;
  readonly encrypted: boolean;
  readonly kmsKey: string | undefined;
  /** How many copies of it RDS makes in other regions. */
  readonly replicas: number;
}

/** All of them in the region, page by page; `name`: only those of this instance or cluster. */
export async function* automatedBackups(
  { ask }: Vantage,
  source: Source,
  name?: string,
): AsyncGenerator<readonly AutomatedBackup[], void, void> {
  // By filter: the parameter for the name wants an instance which still is there.
  const input = { MaxRecords: PAGE, ...(name !== undefined && { Filters: [{ Name: `db-${source}-id`, Values: [name] }] }) };
  if (source === 'instance') {
    const pages = pagesOf(
      (Marker) =>
        ask('rds', 'DescribeDBInstanceAutomatedBackups', (rds, options) =>
          rds.describeDBInstanceAutomatedBackups({ ...input, ...(Marker !== undefined && { Marker }) }, options),
        ),
      ({ Marker }) => Marker,
    );
    for await (const { DBInstanceAutomatedBackups: list } of pages) yield listOf(list, 'DBInstanceAutomatedBackups').map(ofInstance);
    return;
  }
  const pages = pagesOf(
    (Marker) =>
      ask('rds', 'DescribeDBClusterAutomatedBackups', (rds, options) =>
        rds.describeDBClusterAutomatedBackups({ ...input, ...(Marker !== undefined && { Marker }) }, options),
      ),
    ({ Marker }) => Marker,
  );
  for await (const { DBClusterAutomatedBackups: list } of pages) yield listOf(list, 'DBClusterAutomatedBackups').map(ofCluster);
}

function ofInstance(one: DBInstanceAutomatedBackup): AutomatedBackup {
  return {
    ...common('instance', one, one.DBInstanceIdentifier, one.DBInstanceArn),
    resourceId: one.DbiResourceId,
    created: one.InstanceCreateTime,
    encrypted: one.Encrypted === true,
    replicas: one.DBInstanceAutomatedBackupsReplications?.length ?? 0,
  };
}

function ofCluster(one: DBClusterAutomatedBackup): AutomatedBackup {
  return {
    ...common('cluster', one, one.DBClusterIdentifier, one.DBClusterArn),
    resourceId: one.DbClusterResourceId,
    created: one.ClusterCreateTime,
    encrypted: one.StorageEncrypted === true,
    replicas: 0,
  };
}

function common(
  source: Source,
  one: Pick<DBInstanceAutomatedBackup, 'BackupRetentionPeriod' | 'KmsKeyId' | 'RestoreWindow' | 'Status'>,
  name = '',
  arn: string | undefined,
) {
  const { BackupRetentionPeriod: days = 0, KmsKeyId: kmsKey, RestoreWindow: window, Status: status = 'unknown' } = one;
  const { EarliestTime: earliest, LatestTime: latest } = window ?? {};
  return { source, name: name.toLowerCase(), owner: accountOf(arn), status, days, earliest, latest, kmsKey };
}
