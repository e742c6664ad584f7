import { RDS } from '@aws-sdk/client-rds';
import { callerIs, DENIED, Fault, query, startAwsStub, STUB_ACCOUNT, type StubAnswer } from '../stub.ts';
import { motoAccount } from '../moto-account.ts';
import { AWS_KEY } from '../watcher.ts';
import type { KindWorlds, World } from '../world.ts';

const NAMES = ['orders', 'ledger', 'users'];
const entry = (name: string, expect?: object) => ({ name, ...(expect && { expect }) });
const instance = (name: string, at: number) => ({
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
type Instance = ReturnType<typeof instance>;

/** A page holds two of them. */
const PAGE = 2;

async function onStub(): Promise<World> {
  const stub = await startAwsStub();
  const there = new Map<string, Instance>(NAMES.map((name, at) => [name, instance(name, at)]));
  const hidden = new Set<string>();
  let secondPage: StubAnswer | undefined;
  let firstPage: StubAnswer | undefined;
  const listed = (list: readonly Instance[], Marker?: string) =>
    query('DescribeDBInstances', { DBInstances: { DBInstance: list }, Marker });
  stub.on(
    'rds:DescribeDBParameterGroups',
    query('DescribeDBParameterGroups', { DBParameterGroups: { DBParameterGroup: [{ DBParameterGroupName: 'default.postgres18' }] } }),
  );
  stub.on('rds:DescribeDBInstances', ({ params }) => {
    const { DBInstanceIdentifier: name, Marker } = params;
    if (firstPage) return firstPage;
    if (name !== undefined) {
      const one = there.get(name);
      return one ? listed([one]) : new Fault('DBInstanceNotFound', 404);
    }
    if (Marker !== undefined && secondPage) return secondPage;
    const from = Number(Marker ?? 0);
    const shown = [...there.values()].filter((one) => !hidden.has(one.DBInstanceIdentifier));
    return listed(shown.slice(from, from + PAGE), from + PAGE < shown.length ? String(from + PAGE) : undefined);
  });
  const change = (name: string, more: Partial<Instance>) => {
    const one = there.get(name);
    if (one) there.set(name, { ...one, ...more });
  };
  return {
    connection: { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY },
    names: NAMES,
    entry,
    destroy: async (name) => void there.delete(name),
    destroyAll: async () => there.clear(),
    can: {
      recreate: async (name) => change(name, { DbiResourceId: 'db-ANOTHER', InstanceCreateTime: new Date() }),
      doom: async (name) => change(name, { DBInstanceStatus: 'deleting' }),
      weaken: async (name) => {
        change(name, { DeletionProtection: false });
        return 'protection/deletion_protection';
      },
      deny: async () => void (firstPage = DENIED),
      throttleSecondPage: async () => {
        secondPage = new Fault('Throttling', 400, 'Rate exceeded');
        return NAMES.slice(0, PAGE);
      },
      elsewhere: async () => {
        stub.on('sts:GetCallerIdentity', callerIs('999988887777'));
        return { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY };
      },
      hide: async (name) => void hidden.add(name),
      show: async () => hidden.clear(),
      hang: async (from) => {
        if (from === 'first page') firstPage = 'hang';
        else secondPage = 'hang';
      },
    },
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const make = async (client: RDS, name: string) =>
    client.createDBInstance({
      DBInstanceIdentifier: name,
      DBInstanceClass: 'db.t4g.small',
      Engine: 'postgres',
      MasterUsername: 'master',
      MasterUserPassword: 'password-of-the-master',
      AllocatedStorage: 20,
      BackupRetentionPeriod: 7,
      DeletionProtection: true,
    });
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
