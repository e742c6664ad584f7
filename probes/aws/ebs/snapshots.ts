import type { Filter, LockedSnapshotsInfo, Snapshot, SnapshotRecycleBinInfo } from '@aws-sdk/client-ec2';
import { listOf } from '../answer.ts';
import { pagesOf } from '../pages.ts';
import { EVERYBODY } from '../shares.ts';
import type { Vantage } from '../vantage.ts';

/** The most that one page of any of them may have. */
const PAGE = 1000;

/** The account's own snapshots, page by page; `filters`: only those. Own is said twice: an emulator heeds the filter alone. */
export async function* ownSnapshots(
  { ask, account }: Vantage,
  filters: readonly Filter[] = [],
): AsyncGenerator<readonly Snapshot[], void, void> {
  const pages = pagesOf(
    (NextToken) =>
      ask('ec2', 'DescribeSnapshots', (ec2, options) =>
        ec2.describeSnapshots(
          {
            OwnerIds: ['self'],
            Filters: [...filters, { Name: 'owner-id', Values: [account] }],
            MaxResults: PAGE,
            ...(NextToken !== undefined && { NextToken }),
          },
          options,
        ),
      ),
    ({ NextToken }) => NextToken,
  );
  for await (const { Snapshots } of pages) yield listOf(Snapshots, 'Snapshots');
}

/** What was deleted and lies in the recycle bin. */
export async function binnedSnapshots({ ask }: Vantage): Promise<readonly SnapshotRecycleBinInfo[]> {
  const pages = pagesOf(
    (NextToken) =>
      ask('ec2', 'ListSnapshotsInRecycleBin', (ec2, options) =>
        ec2.listSnapshotsInRecycleBin({ MaxResults: PAGE, ...(NextToken !== undefined && { NextToken }) }, options),
      ),
    ({ NextToken }) => NextToken,
  );
  return (await Array.fromAsync(pages)).flatMap(({ Snapshots }) => listOf(Snapshots, 'Snapshots'));
}

/** Every lock there is in the region, by the id of its snapshot. */
export async function lockedSnapshots({ ask }: Vantage): Promise<ReadonlyMap<string, LockedSnapshotsInfo>> {
  const pages = pagesOf(
    (NextToken) =>
      ask('ec2', 'DescribeLockedSnapshots', (ec2, options) =>
        ec2.describeLockedSnapshots({ MaxResults: PAGE, ...(NextToken !== undefined && { NextToken }) }, options),
      ),
    ({ NextToken }) => NextToken,
  );
  const locks = (await Array.fromAsync(pages)).flatMap(({ Snapshots }) => listOf(Snapshots, 'Snapshots'));
  return new Map(locks.map((lock) => [lock.SnapshotId ?? '', lock]));
}

/** Who may make volumes from it: accounts, `all`. @throws what the API throws, InvalidSnapshot.NotFound where it is there no more. */
export async function volumeMakers({ ask }: Vantage, SnapshotId: string): Promise<readonly string[]> {
  const { CreateVolumePermissions } = await ask('ec2', 'DescribeSnapshotAttribute', (ec2, options) =>
    ec2.describeSnapshotAttribute({ SnapshotId, Attribute: 'createVolumePermission' }, options),
  );
  return listOf(CreateVolumePermissions, 'CreateVolumePermissions').map(
    ({ UserId, Group }) => UserId ?? (Group === 'all' ? EVERYBODY : ''),
  );
}
