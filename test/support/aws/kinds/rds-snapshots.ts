import { RDS } from '@aws-sdk/client-rds';
import { motoAccount } from '../moto-account.ts';
import { DAY_MS, filterOf, makeInstance, startRdsStub, THROTTLED } from '../rds.ts';
import { Scene } from '../scene.ts';
import { query, STUB_ACCOUNT, type AwsStub } from '../stub.ts';
import type { KindWorlds, World } from '../world.ts';

const NAMES = ['orders', 'ledger', 'users'];
const entry = (instance: string, expect?: object) => ({ instance, ...(expect && { expect }) });

/** A snapshot of an instance as the API tells of it, made so many days ago; `type`: also the first part of its name. */
export const snapshotOf = (name: string, age: number, type = 'manual') => ({
  DBSnapshotIdentifier: `${type}-${name}-${age}`,
  DBInstanceIdentifier: name,
  DbiResourceId: `db-${name.toUpperCase()}`,
  DBSnapshotArn: `arn:aws:rds:eu-west-1:${STUB_ACCOUNT}:snapshot:${type}-${name}-${age}`,
  SnapshotType: type,
  Status: 'available',
  Encrypted: true,
  SnapshotCreateTime: new Date(Date.now() - age * DAY_MS - 3_600_000),
});
export type StubSnapshot = ReturnType<typeof snapshotOf>;

interface Snapshots {
  readonly scene: Scene<Partial<StubSnapshot>>;
  /** Who may restore each, by its id. */
  readonly restorers: Map<string, readonly string[]>;
}

/** Snapshots of instances on the stub: those made here. Of those that others share, or that AWS Backup manages, there are none. */
export function stubSnapshots(stub: AwsStub, items: readonly Partial<StubSnapshot>[]): Snapshots {
  const restorers = new Map<string, readonly string[]>();
  const page = (list: readonly object[], Marker?: string) => query('DescribeDBSnapshots', { DBSnapshots: { DBSnapshot: list }, Marker });
  const scene = new Scene<Partial<StubSnapshot>>({
    items,
    nameOf: ({ DBInstanceIdentifier = '' }) => DBInstanceIdentifier,
    page,
    throttled: THROTTLED,
  });
  stub.on('rds:DescribeDBSnapshots', (call) => {
    const { Marker, SnapshotType: type } = call.params;
    if (type === 'shared' || type === 'awsbackup') return page([]);
    const name = filterOf(call, 'db-instance-id');
    const only = (one: Partial<StubSnapshot>) => one.DBInstanceIdentifier === name && (type === undefined || one.SnapshotType === type);
    return scene.answer(Marker, name === undefined ? undefined : only);
  });
  stub.on('rds:DescribeDBSnapshotAttributes', ({ params: { DBSnapshotIdentifier: id = '' } }) => {
    const AttributeValue = restorers.get(id) ?? [];
    const DBSnapshotAttribute = [{ AttributeName: 'restore', AttributeValues: { AttributeValue } }];
    return query('DescribeDBSnapshotAttributes', {
      DBSnapshotAttributesResult: { DBSnapshotIdentifier: id, DBSnapshotAttributes: { DBSnapshotAttribute } },
    });
  });
  return { scene, restorers };
}

async function onStub(): Promise<World> {
  const stub = await startRdsStub();
  // One of each, and then the older ones: the first page has some of two and none of the third.
  const { scene, restorers } = stubSnapshots(
    stub,
    [0, 1].flatMap((age) => NAMES.map((name) => snapshotOf(name, age))),
  );
  return scene.world(stub, {
    names: NAMES,
    areSets: true,
    entry,
    can: {
      recreate: async (name) => scene.change(name, { DbiResourceId: 'db-ANOTHER' }),
      doom: async (name) => scene.change(name, { Status: 'deleting' }),
      weaken: async (name) => {
        restorers.set(`manual-${name}-1`, ['999988887777']);
        return 'protection/shared_with';
      },
    },
  });
}

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const rds = new RDS(account.client);
  const make = async (client: RDS): Promise<void> => {
    for (const name of NAMES) {
      await makeInstance(client, name);
      await client.createDBSnapshot({ DBInstanceIdentifier: name, DBSnapshotIdentifier: `by-hand-${name}` });
    }
  };
  const destroy = async (name: string): Promise<void> => {
    const { DBSnapshots = [] } = await rds.describeDBSnapshots({ Filters: [{ Name: 'db-instance-id', Values: [name] }] });
    for (const { DBSnapshotIdentifier } of DBSnapshots) await rds.deleteDBSnapshot({ DBSnapshotIdentifier });
  };
  await make(rds);
  return {
    connection: account.connection,
    names: NAMES,
    areSets: true,
    entry,
    destroy,
    destroyAll: async () => {
      for (const name of NAMES) await destroy(name);
    },
    can: {
      weaken: async (name) => {
        const away = { AttributeName: 'restore', ValuesToAdd: ['999988887777'] };
        await rds.modifyDBSnapshotAttribute({ DBSnapshotIdentifier: `by-hand-${name}`, ...away });
        return 'protection/shared_with';
      },
      elsewhere: async () => {
        const other = await motoAccount(endpoint);
        const client = new RDS(other.client);
        await make(client);
        client.destroy();
        return { ...other.connection, account: account.connection['account'] };
      },
    },
    [Symbol.asyncDispose]: async () => rds.destroy(),
  };
}

export const rdsSnapshots: KindWorlds = { stub: onStub, emulator: onEmulator };
