import { RDS } from '@aws-sdk/client-rds';
import { motoAccount } from '../moto-account.ts';
import { makeInstance, startRdsStub, THROTTLED } from '../rds.ts';
import { Scene } from '../scene.ts';
import { Fault, query, STUB_ACCOUNT, type AwsStub } from '../stub.ts';
import type { KindWorlds, World } from '../world.ts';

const NAMES = ['orders', 'ledger', 'users'];
const entry = (name: string, expect?: object) => ({ name, ...(expect && { expect }) });
/** An instance as the API tells of it. */
export const instanceOf = (name: string, at = 0) => ({
  DBInstanceIdentifier: name,
  DbiResourceId: `db-${name.toUpperCase()}`,
  DBInstanceArn: `arn:aws:rds:eu-west-1:${STUB_ACCOUNT}:db:${name}`,
  DBInstanceStatus: 'available',
  Engine: 'postgres',
  InstanceCreateTime: new Date(Date.UTC(2024, 2, 1, 10, 0, at)),
  AllocatedStorage: 100,
  BackupRetentionPeriod: 7,
  DeletionProtection: true,
  MultiAZ: true,
  StorageEncrypted: true,
  PubliclyAccessible: false,
});
type StubInstance = ReturnType<typeof instanceOf>;

/** Instances of those names on the stub. */
export function stubInstances(stub: AwsStub, names: readonly string[]): Scene<Partial<StubInstance>> {
  const scene = new Scene<Partial<StubInstance>>({
    items: names.map(instanceOf),
    nameOf: ({ DBInstanceIdentifier = '' }) => DBInstanceIdentifier,
    page: (list, Marker) => query('DescribeDBInstances', { DBInstances: { DBInstance: list }, Marker }),
    throttled: THROTTLED,
    none: new Fault('DBInstanceNotFound', 404),
  });
  stub.on('rds:DescribeDBInstances', ({ params: { DBInstanceIdentifier: name, Marker } }) =>
    scene.answer(Marker, name === undefined ? undefined : (one) => one.DBInstanceIdentifier === name),
  );
  return scene;
}

async function onStub(): Promise<World> {
  const stub = await startRdsStub();
  const scene = stubInstances(stub, NAMES);
  return scene.world(stub, {
    names: NAMES,
    entry,
    can: {
      recreate: async (name) => scene.change(name, { DbiResourceId: 'db-ANOTHER', InstanceCreateTime: new Date() }),
      doom: async (name) => scene.change(name, { DBInstanceStatus: 'deleting' }),
      weaken: async (name) => {
        scene.change(name, { DeletionProtection: false });
        return 'protection/deletion_protection';
      },
    },
  });
}

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const make = (client: RDS, name: string): Promise<void> => makeInstance(client, name, { DeletionProtection: true });
  const rds = new RDS(account.client);
  const destroy = async (DBInstanceIdentifier: string) => {
    await rds.modifyDBInstance({ DBInstanceIdentifier, DeletionProtection: false, ApplyImmediately: true });
    await rds.deleteDBInstance({ DBInstanceIdentifier, SkipFinalSnapshot: true });
  };
  for (const name of NAMES) await make(rds, name);
  return {
    connection: account.connection,
    names: NAMES,
    entry,
    destroy,
    destroyAll: async () => {
      for (const name of NAMES) await destroy(name);
    },
    can: {
      // By when it was made: moto gives every instance the same DbiResourceId.
      recreate: async (name) => {
        await destroy(name);
        await make(rds, name);
      },
      weaken: async (DBInstanceIdentifier) => {
        await rds.modifyDBInstance({ DBInstanceIdentifier, BackupRetentionPeriod: 1, ApplyImmediately: true });
        return 'protection/backup_retention';
      },
      elsewhere: async () => {
        const other = await motoAccount(endpoint);
        const client = new RDS(other.client);
        for (const name of NAMES) await make(client, name);
        client.destroy();
        return { ...other.connection, account: account.connection['account'] };
      },
    },
    [Symbol.asyncDispose]: async () => rds.destroy(),
  };
}

export const rdsInstance: KindWorlds = { stub: onStub, emulator: onEmulator };
