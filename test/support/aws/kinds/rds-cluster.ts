import { RDS } from '@aws-sdk/client-rds';
import { motoAccount } from '../moto-account.ts';
import { DAY_MS, makeInstance, startRdsStub, THROTTLED } from '../rds.ts';
import { Scene } from '../scene.ts';
import { Fault, query, STUB_ACCOUNT, type AwsStub } from '../stub.ts';
import type { KindWorlds, World } from '../world.ts';

const NAMES = ['orders', 'ledger', 'users'];
const entry = (name: string, expect?: object) => ({ name, ...(expect && { expect }) });

/** A cluster as the API tells of it: one instance, restorable back to seven days ago. */
export const clusterOf = (name: string, at = 0) => ({
  DBClusterIdentifier: name,
  DbClusterResourceId: `cluster-${name.toUpperCase()}`,
  DBClusterArn: `arn:aws:rds:eu-west-1:${STUB_ACCOUNT}:cluster:${name}`,
  Status: 'available',
  Engine: 'aurora-postgresql',
  EngineMode: 'provisioned',
  ClusterCreateTime: new Date(Date.UTC(2024, 2, 1, 10, 0, at)),
  BackupRetentionPeriod: 7,
  EarliestRestorableTime: new Date(Date.now() - 7 * DAY_MS),
  LatestRestorableTime: new Date(Date.now() - 300_000),
  DeletionProtection: true,
  MultiAZ: true,
  StorageEncrypted: true,
  DBClusterMembers: { DBClusterMember: [{ DBInstanceIdentifier: `${name}-1`, IsClusterWriter: true }] },
});
export type StubCluster = ReturnType<typeof clusterOf>;

/** Clusters of those names on the stub. */
export function stubClusters(stub: AwsStub, names: readonly string[]): Scene<Partial<StubCluster>> {
  const scene = new Scene<Partial<StubCluster>>({
    items: names.map(clusterOf),
    nameOf: ({ DBClusterIdentifier = '' }) => DBClusterIdentifier,
    page: (list, Marker) => query('DescribeDBClusters', { DBClusters: { DBCluster: list }, Marker }),
    throttled: THROTTLED,
    none: new Fault('DBClusterNotFoundFault', 404),
  });
  stub.on('rds:DescribeDBClusters', ({ params: { DBClusterIdentifier: name, Marker } }) =>
    scene.answer(Marker, name === undefined ? undefined : (one) => one.DBClusterIdentifier === name),
  );
  return scene;
}

async function onStub(): Promise<World> {
  const stub = await startRdsStub();
  const scene = stubClusters(stub, NAMES);
  return scene.world(stub, {
    names: NAMES,
    entry,
    can: {
      recreate: async (name) => scene.change(name, { DbClusterResourceId: 'cluster-ANOTHER', ClusterCreateTime: new Date() }),
      doom: async (name) => scene.change(name, { Status: 'deleting' }),
      weaken: async (name) => {
        scene.change(name, { DeletionProtection: false });
        return 'protection/deletion_protection';
      },
    },
  });
}

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const make = async (client: RDS, name: string): Promise<void> => {
    await client.createDBCluster({
      DBClusterIdentifier: name,
      Engine: 'aurora-postgresql',
      MasterUsername: 'master',
      MasterUserPassword: 'password-of-the-master',
      BackupRetentionPeriod: 7,
      DeletionProtection: true,
    });
    await client.createDBInstance({
      DBInstanceIdentifier: `${name}-1`,
      DBInstanceClass: 'db.t4g.medium',
      Engine: 'aurora-postgresql',
      DBClusterIdentifier: name,
    });
  };
  const rds = new RDS(account.client);
  const destroy = async (DBClusterIdentifier: string): Promise<void> => {
    await rds.modifyDBCluster({ DBClusterIdentifier, DeletionProtection: false, ApplyImmediately: true });
    await rds.deleteDBInstance({ DBInstanceIdentifier: `${DBClusterIdentifier}-1`, SkipFinalSnapshot: true });
    await rds.deleteDBCluster({ DBClusterIdentifier, SkipFinalSnapshot: true });
  };
  for (const name of NAMES) await make(rds, name);
  // Whoever has had an instance has the group of its engine; the emulator makes it for instances of no cluster alone.
  await makeInstance(rds, 'another');
  return {
    connection: account.connection,
    names: NAMES,
    entry,
    destroy,
    destroyAll: async () => {
      for (const name of NAMES) await destroy(name);
    },
    can: {
      recreate: async (name) => {
        await destroy(name);
        // Its automated ones are named by the minute, and would be in the way.
        const { DBClusterSnapshots = [] } = await rds.describeDBClusterSnapshots({ DBClusterIdentifier: name });
        for (const { DBClusterSnapshotIdentifier } of DBClusterSnapshots)
          await rds.deleteDBClusterSnapshot({ DBClusterSnapshotIdentifier });
        await make(rds, name);
      },
      weaken: async (DBClusterIdentifier) => {
        await rds.modifyDBCluster({ DBClusterIdentifier, BackupRetentionPeriod: 1, ApplyImmediately: true });
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

export const rdsCluster: KindWorlds = { stub: onStub, emulator: onEmulator };
