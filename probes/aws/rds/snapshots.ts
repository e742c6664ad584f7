import type { DBClusterSnapshot, DBSnapshot } from '@aws-sdk/client-rds';
import { listOf } from '../answer.ts';
import { accountOf } from '../arn.ts';
import type { Copy } from '../copies.ts';
import { pagesOf } from '../pages.ts';
import type { Vantage } from '../vantage.ts';

/** The most that one page of them may have. */
const PAGE = 100;

/** Of what there are snapshots. */
export type Source = 'instance' | 'cluster';
/** Whose listing: those made here, by hand or by itself; those that AWS Backup manages; those that other accounts share with this one. */
export type Origin = 'own' | 'awsbackup' | 'shared';

/** A snapshot of an instance or of a cluster, made one. */
export interface RdsSnapshot extends Copy {
  readonly id: string;
  readonly source: Source;
  readonly origin: Origin;
  /** Of what it was taken, in lower case. */
  readonly name: string;
  /** DbiResourceId or DbClusterResourceId of that. */
  readonly resourceId: string | undefined;
  /** `manual`, `automated`, `awsbackup`, as the API says. */
  readonly type: string;
  readonly status: string;
  /** The account that has it. */
  readonly owner: string | undefined;
}

/** Every snapshot of an origin, page by page; `name`: only those of this instance or cluster. `manual`: only those made by hand. */
export async function* snapshotsOf(
  { ask }: Vantage,
  source: Source,
  origin: Origin,
  { name, manual = false }: { readonly name?: string; readonly manual?: boolean } = {},
): AsyncGenerator<readonly RdsSnapshot[], void, void> {
  // Not DBInstanceIdentifier: that wants an instance which still is there.
  const Filters = name === undefined ? undefined : [{ Name: `db-${source}-id`, Values: [name] }];
  const type = origin === 'own' ? (manual ? 'manual' : undefined) : origin;
  const input = { MaxRecords: PAGE, ...(Filters && { Filters }), ...(type !== undefined && { SnapshotType: type }) };
  if (source === 'instance') {
    const pages = pagesOf(
      (Marker) =>
        ask('rds', 'DescribeDBSnapshots', (rds, options) =>
          rds.describeDBSnapshots({ ...input, ...(Marker !== undefined && { Marker }) }, options),
        ),
      ({ Marker }) => Marker,
    );
    for await (const { DBSnapshots } of pages) yield listOf(DBSnapshots, 'DBSnapshots').map((one) => ofInstance(one, origin));
    return;
  }
  const pages = pagesOf(
    (Marker) =>
      ask('rds', 'DescribeDBClusterSnapshots', (rds, options) =>
        rds.describeDBClusterSnapshots({ ...input, ...(Marker !== undefined && { Marker }) }, options),
      ),
    ({ Marker }) => Marker,
  );
  for await (const { DBClusterSnapshots } of pages)
    yield listOf(DBClusterSnapshots, 'DBClusterSnapshots').map((one) => ofCluster(one, origin));
}

/** Who may restore from a snapshot made by hand: accounts, `all`. Nobody where it is there no more. */
export async function restorersOf({ ask }: Vantage, source: Source, id: string): Promise<readonly string[]> {
  const attributes =
    source === 'instance'
      ? (
          await ask('rds', 'DescribeDBSnapshotAttributes', (rds, options) =>
            rds.describeDBSnapshotAttributes({ DBSnapshotIdentifier: id }, options),
          )
        ).DBSnapshotAttributesResult?.DBSnapshotAttributes
      : (
          await ask('rds', 'DescribeDBClusterSnapshotAttributes', (rds, options) =>
            rds.describeDBClusterSnapshotAttributes({ DBClusterSnapshotIdentifier: id }, options),
          )
        ).DBClusterSnapshotAttributesResult?.DBClusterSnapshotAttributes;
  return listOf(attributes, 'attributes of a snapshot').flatMap(({ AttributeName: name, AttributeValues: values = [] }) =>
    name === 'restore' ? values : [],
  );
}

function ofInstance(one: DBSnapshot, origin: Origin): RdsSnapshot {
  return {
    ...common('instance', origin, one.DBSnapshotIdentifier, one.DBInstanceIdentifier, one.DBSnapshotArn, one),
    resourceId: one.DbiResourceId,
    // A copy made today of what is a year old is a year old.
    at: one.OriginalSnapshotCreateTime ?? one.SnapshotCreateTime,
    encrypted: one.Encrypted === true,
  };
}

function ofCluster(one: DBClusterSnapshot, origin: Origin): RdsSnapshot {
  return {
    ...common('cluster', origin, one.DBClusterSnapshotIdentifier, one.DBClusterIdentifier, one.DBClusterSnapshotArn, one),
    resourceId: one.DbClusterResourceId,
    at: one.SnapshotCreateTime,
    encrypted: one.StorageEncrypted === true,
  };
}

function common(
  source: Source,
  origin: Origin,
  id = '',
  name = '',
  arn: string | undefined,
  { Status: status = 'unknown', SnapshotType: type = 'unknown' }: Pick<DBSnapshot, 'Status' | 'SnapshotType'>,
) {
  return { id, source, origin, name: name.toLowerCase(), type, status, owner: accountOf(arn), whole: status === 'available' };
}
