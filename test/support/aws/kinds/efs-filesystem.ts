import { EFS } from '@aws-sdk/client-efs';
import { motoAccount } from '../moto-account.ts';
import { Scene } from '../scene.ts';
import { ec2, Fault, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../stub.ts';
import type { KindWorlds, World } from '../world.ts';

const NAMES = ['fs-0000000000000000a', 'fs-0000000000000000b', 'fs-0000000000000000c'];
const LISTING = 'elasticfilesystem:GET /2015-02-01/file-systems';
const GIB = 1024 ** 3;

/** A file system as the API tells of it; moments are in seconds. */
export const fileSystemOf = (FileSystemId: string, at = 0) => ({
  FileSystemId,
  OwnerId: STUB_ACCOUNT,
  FileSystemArn: `arn:aws:elasticfilesystem:eu-west-1:${STUB_ACCOUNT}:file-system/${FileSystemId}`,
  CreationTime: Date.UTC(2024, 2, 1, 10, 0, at) / 1000,
  LifeCycleState: 'available',
  NumberOfMountTargets: 2,
  SizeInBytes: { Value: 100 * GIB, ValueInStandard: 10 * GIB, ValueInIA: 90 * GIB, ValueInArchive: 0 },
  Encrypted: true,
  FileSystemProtection: { ReplicationOverwriteProtection: 'ENABLED' },
});
export type StubFileSystem = ReturnType<typeof fileSystemOf>;

/** The call that tells whether a file system is backed up by itself. */
export const backupPolicyOf = (id: string): string => `${LISTING}/${id}/backup-policy`;

/** File systems of those ids on the stub, two on a page of the listing; all of them are backed up by themselves. */
export function stubFileSystems(stub: AwsStub, ids: readonly string[]): Scene<StubFileSystem> {
  const scene = new Scene<StubFileSystem>({
    items: ids.map(fileSystemOf),
    nameOf: ({ FileSystemId }) => FileSystemId,
    page: (list, NextMarker) => ({ body: { FileSystems: list, NextMarker } }),
    throttled: new Fault('ThrottlingException', 429),
    none: new Fault('FileSystemNotFound', 404),
  });
  stub.on('ec2:DescribeRegions', ec2('DescribeRegions', { regionInfo: { item: [{ regionName: 'eu-west-1' }] } }));
  stub.on(LISTING, ({ params: { FileSystemId: id, Marker } }) =>
    scene.answer(Marker, id === undefined ? undefined : (one) => one.FileSystemId === id),
  );
  for (const id of ids) stub.on(backupPolicyOf(id), { body: { BackupPolicy: { Status: 'ENABLED' } } });
  return scene;
}

async function onStub(): Promise<World> {
  const stub = await startAwsStub();
  const scene = stubFileSystems(stub, NAMES);
  return scene.world(stub, {
    names: NAMES,
    entry: (file_system, expect) => ({ file_system, ...(expect && { expect }) }),
    can: {
      doom: async (name) => scene.change(name, { LifeCycleState: 'deleting' }),
      weaken: async (name) => {
        scene.change(name, { FileSystemProtection: { ReplicationOverwriteProtection: 'DISABLED' } });
        return 'protection/overwrite_protection';
      },
    },
  });
}

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const efs = new EFS(account.client);
  const make = async (CreationToken: string): Promise<string> => {
    const { FileSystemId = '' } = await efs.createFileSystem({ CreationToken, Encrypted: true, Backup: true });
    return FileSystemId;
  };
  const names = [await make('a'), await make('b'), await make('c')];
  const left = new Set(names);
  const destroy = async (FileSystemId: string): Promise<void> => {
    await efs.deleteFileSystem({ FileSystemId });
    left.delete(FileSystemId);
  };
  return {
    connection: account.connection,
    names,
    // It has no mount targets without a network: what that comes to is asked on the stub.
    entry: (file_system, expect = {}) => ({ file_system, expect: { min_mount_targets: 0, ...expect } }),
    destroy,
    destroyAll: async () => {
      for (const id of left) await destroy(id);
    },
    can: {
      elsewhere: async () => {
        const other = await motoAccount(endpoint);
        return { ...other.connection, account: account.connection['account'] };
      },
    },
    [Symbol.asyncDispose]: async () => efs.destroy(),
  };
}

export const efsFilesystem: KindWorlds = { stub: onStub, emulator: onEmulator };
