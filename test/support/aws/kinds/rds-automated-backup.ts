import { RDS } from '@aws-sdk/client-rds';
import { motoAccount } from '../moto-account.ts';
import { DAY_MS, filterOf, makeInstance, startRdsStub, THROTTLED } from '../rds.ts';
import { Scene } from '../scene.ts';
import { query, STUB_ACCOUNT, type AwsStub } from '../stub.ts';
import type { KindWorlds, World } from '../world.ts';

const NAMES = ['orders', 'ledger', 'users'];
const entry = (instance: string, expect?: object) => ({ instance, ...(expect && { expect }) });

/** What RDS keeps of an instance, as the API tells of it; restorable back to seven days ago. */
export const backupOf = (name: string, at = 0) => ({
  DBInstanceIdentifier: name,
  DbiResourceId: `db-${name.toUpperCase()}`,
  DBInstanceArn: `arn:aws:rds:eu-west-1:${STUB_ACCOUNT}:auto-backup:ab-${name}`,
  Status: 'active',
  InstanceCreateTime: new Date(Date.UTC(2024, 2, 1, 10, 0, at)),
  BackupRetentionPeriod: 7,
  RestoreWindow: { EarliestTime: new Date(Date.now() - 7 * DAY_MS), LatestTime: new Date(Date.now() - 300_000) },
  Encrypted: true,
});
export type StubBackup = ReturnType<typeof backupOf>;

/** Automated backups of instances of those names on the stub. */
export function stubBackups(stub: AwsStub, names: readonly string[]): Scene<Partial<StubBackup>> {
  const scene = new Scene<Partial<StubBackup>>({
    items: names.map(backupOf),
    nameOf: ({ DBInstanceIdentifier = '' }) => DBInstanceIdentifier,
    page: (list, Marker) =>
      query('DescribeDBInstanceAutomatedBackups', { DBInstanceAutomatedBackups: { DBInstanceAutomatedBackup: list }, Marker }),
    throttled: THROTTLED,
  });
  stub.on('rds:DescribeDBInstanceAutomatedBackups', (call) => {
    const name = filterOf(call, 'db-instance-id');
    return scene.answer(call.params['Marker'], name === undefined ? undefined : (one) => one.DBInstanceIdentifier === name);
  });
  return scene;
}

async function onStub(): Promise<World> {
  const stub = await startRdsStub();
  const scene = stubBackups(stub, NAMES);
  return scene.world(stub, {
    names: NAMES,
    areSets: true,
    entry,
    can: {
      recreate: async (name) => scene.change(name, { DbiResourceId: 'db-ANOTHER', InstanceCreateTime: new Date() }),
      doom: async (name) => scene.change(name, { Status: 'retained' }),
      weaken: async (name) => {
        scene.change(name, { BackupRetentionPeriod: 1 });
        return 'protection/backup_retention';
      },
    },
  });
}

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const rds = new RDS(account.client);
  const destroy = async (name: string, keep = false): Promise<void> => {
    await rds.deleteDBInstance({ DBInstanceIdentifier: name, SkipFinalSnapshot: true, DeleteAutomatedBackups: !keep });
  };
  for (const name of NAMES) await makeInstance(rds, name);
  return {
    connection: account.connection,
    names: NAMES,
    areSets: true,
    entry,
    destroy: (name) => destroy(name),
    destroyAll: async () => {
      for (const name of NAMES) await destroy(name);
    },
    can: {
      doom: (name) => destroy(name, true),
      elsewhere: async () => {
        const other = await motoAccount(endpoint);
        const client = new RDS(other.client);
        for (const name of NAMES) await makeInstance(client, name);
        client.destroy();
        return { ...other.connection, account: account.connection['account'] };
      },
    },
    [Symbol.asyncDispose]: async () => rds.destroy(),
  };
}

export const rdsAutomatedBackup: KindWorlds = { stub: onStub, emulator: onEmulator };
