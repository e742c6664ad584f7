import { EC2 } from '@aws-sdk/client-ec2';
import { motoAccount } from '../moto-account.ts';
import { Scene } from '../scene.ts';
import { ec2, Fault, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../stub.ts';
import type { KindWorlds, World } from '../world.ts';

const NAMES = ['vol-0000000000000000a', 'vol-0000000000000000b', 'vol-0000000000000000c'];
const DAY_MS = 86_400_000;
const entry = (volume: string, expect?: object) => ({ volume, ...(expect && { expect }) });

/** A snapshot as the API tells of it, made so many days ago. */
export const ebsSnapshotOf = (volumeId: string, age: number) => ({
  snapshotId: `snap-${volumeId.slice(-1)}${age}`,
  volumeId,
  ownerId: STUB_ACCOUNT,
  status: 'completed',
  encrypted: true,
  startTime: new Date(Date.now() - age * DAY_MS - 3_600_000),
  tagSet: { item: [{ key: 'of', value: volumeId.slice(-1) }] },
});
export type StubEbsSnapshot = ReturnType<typeof ebsSnapshotOf>;

interface Snapshots {
  readonly scene: Scene<Partial<StubEbsSnapshot>>;
  /** What lies in the recycle bin, and what is locked, as the API tells of it. */
  readonly binned: object[];
  readonly locked: object[];
  /** Who may make volumes of each, by its id. */
  readonly makers: Map<string, readonly object[]>;
}

/** Snapshots on the stub. */
export function stubEbsSnapshots(stub: AwsStub, items: readonly Partial<StubEbsSnapshot>[]): Snapshots {
  const binned: object[] = [];
  const locked: object[] = [];
  const makers = new Map<string, readonly object[]>();
  const scene = new Scene<Partial<StubEbsSnapshot>>({
    items,
    nameOf: ({ volumeId = '' }) => volumeId,
    page: (item, nextToken) => ec2('DescribeSnapshots', { snapshotSet: { item }, nextToken }),
    throttled: new Fault('RequestLimitExceeded', 503),
  });
  stub.on('ec2:DescribeRegions', ec2('DescribeRegions', { regionInfo: { item: [{ regionName: 'eu-west-1' }] } }));
  stub.on('ec2:DescribeSnapshots', ({ params }) => {
    const { 'Filter.1.Name': by, 'Filter.1.Value.1': value, NextToken } = params;
    if (by === 'owner-id') return scene.answer(NextToken);
    const tagged = ({ tagSet }: Partial<StubEbsSnapshot>) =>
      tagSet?.item.some((tag) => `tag:${tag.key}` === by && tag.value === value) === true;
    return scene.answer(NextToken, by === 'volume-id' ? ({ volumeId }) => volumeId === value : tagged);
  });
  stub.on('ec2:ListSnapshotsInRecycleBin', () => ec2('ListSnapshotsInRecycleBin', { snapshotSet: { item: binned } }));
  stub.on('ec2:DescribeLockedSnapshots', () => ec2('DescribeLockedSnapshots', { snapshotSet: { item: locked } }));
  stub.on('ec2:DescribeSnapshotAttribute', ({ params: { SnapshotId: snapshotId = '' } }) =>
    ec2('DescribeSnapshotAttribute', { snapshotId, createVolumePermission: { item: makers.get(snapshotId) ?? [] } }),
  );
  return { scene, binned, locked, makers };
}

async function onStub(): Promise<World> {
  const stub = await startAwsStub();
  // One of each, and then the older ones: the first page has some of two and none of the third.
  const { scene, binned, makers } = stubEbsSnapshots(
    stub,
    [0, 1].flatMap((age) => NAMES.map((name) => ebsSnapshotOf(name, age))),
  );
  return scene.world(stub, {
    names: NAMES,
    areSets: true,
    entry,
    can: {
      doom: async (volumeId) => {
        const [recycleBinEnterTime, recycleBinExitTime] = [new Date(), new Date(Date.now() + 7 * DAY_MS)];
        const gone = scene.items.filter((one) => one.volumeId === volumeId);
        scene.destroy(volumeId);
        binned.push(...gone.map(({ snapshotId }) => ({ snapshotId, volumeId, recycleBinEnterTime, recycleBinExitTime })));
      },
      weaken: async (name) => {
        makers.set(`snap-${name.slice(-1)}1`, [{ group: 'all' }]);
        return 'protection/shared_with';
      },
    },
  });
}

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const client = new EC2(account.client);
  const make = async (): Promise<string> => {
    const { VolumeId = '' } = await client.createVolume({ AvailabilityZone: 'eu-west-1a', Size: 10, Encrypted: true });
    for (let i = 0; i < 2; i++) await client.createSnapshot({ VolumeId });
    return VolumeId;
  };
  const snapshots = async (volume: string): Promise<string[]> => {
    const { Snapshots = [] } = await client.describeSnapshots({ Filters: [{ Name: 'volume-id', Values: [volume] }] });
    return Snapshots.flatMap(({ SnapshotId }) => SnapshotId ?? []);
  };
  const names = [await make(), await make(), await make()];
  const destroy = async (volume: string): Promise<void> => {
    for (const SnapshotId of await snapshots(volume)) await client.deleteSnapshot({ SnapshotId });
  };
  return {
    connection: account.connection,
    names,
    areSets: true,
    // It has no locks: DescribeLockedSnapshots is not among its calls.
    entry: (volume, expect = {}) => entry(volume, { min_locked: 0, ...expect }),
    destroy,
    destroyAll: async () => {
      for (const name of names) await destroy(name);
    },
    can: {
      weaken: async (volume) => {
        const [SnapshotId] = await snapshots(volume);
        await client.modifySnapshotAttribute({
          SnapshotId,
          Attribute: 'createVolumePermission',
          OperationType: 'add',
          GroupNames: ['all'],
        });
        return 'protection/shared_with';
      },
      elsewhere: async () => {
        const other = await motoAccount(endpoint);
        return { ...other.connection, account: account.connection['account'] };
      },
    },
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

export const ebsSnapshots: KindWorlds = { stub: onStub, emulator: onEmulator };
