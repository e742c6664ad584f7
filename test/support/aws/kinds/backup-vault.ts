import { Backup } from '@aws-sdk/client-backup';
import { callerIs, DENIED, ec2, Fault, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../stub.ts';
import { motoAccount } from '../moto-account.ts';
import { AWS_KEY } from '../watcher.ts';
import type { KindWorlds, World } from '../world.ts';
import { nextSecond, type Mood } from './s3-bucket.ts';

const NAMES = ['orders', 'ledger', 'users'];
const entry = (vault: string, expect?: object) => ({ vault, ...(expect && { expect }) });

/** A vault as the API gives it in JSON: moments in seconds. */
export const vaultNamed = (name: string, at = 0) => ({
  BackupVaultName: name,
  BackupVaultArn: `arn:aws:backup:eu-west-1:${STUB_ACCOUNT}:backup-vault:${name}`,
  CreationDate: Date.UTC(2024, 2, 1, 10, 0, at) / 1000,
  EncryptionKeyArn: `arn:aws:kms:eu-west-1:${STUB_ACCOUNT}:key/1`,
  NumberOfRecoveryPoints: 7,
  VaultState: 'AVAILABLE',
  VaultType: 'BACKUP_VAULT',
  Locked: true,
  MinRetentionDays: 30,
  LockDate: Date.UTC(2024, 3, 1) / 1000,
});
export type StubVault = ReturnType<typeof vaultNamed>;

/** Scripts the list of vaults, two a page. */
export function stubVaults(
  stub: AwsStub,
  there: ReadonlyMap<string, Partial<StubVault>>,
  mood: Mood,
  hidden: ReadonlySet<string> = new Set(),
): void {
  stub.on('ec2:DescribeRegions', ec2('DescribeRegions', { regionInfo: { item: [{ regionName: 'eu-west-1' }] } }));
  stub.on('backup:GET /backup-vaults', ({ params }) => {
    if (mood.first) return mood.first;
    const { nextToken: token } = params;
    if (token !== undefined && mood.second) return mood.second;
    const from = Number(token ?? 0);
    const shown = [...there].flatMap(([name, vault]) => (hidden.has(name) ? [] : [vault]));
    const list = shown.slice(from, from + 2);
    return { body: { BackupVaultList: list, ...(from + 2 < shown.length && { NextToken: String(from + 2) }) } };
  });
}

async function onStub(): Promise<World> {
  const stub = await startAwsStub();
  const there = new Map<string, Partial<StubVault>>(NAMES.map((name, at) => [name, vaultNamed(name, at)]));
  const mood: Mood = {};
  const hidden = new Set<string>();
  stubVaults(stub, there, mood, hidden);
  let typed = false;
  for (const name of NAMES)
    stub.on(`backup:GET /backup-vaults/${name}`, () => {
      if (mood.first) return mood.first;
      const one = there.get(name);
      // What AWS says of a vault that is not there, whatever the caller may do.
      return one ? { body: one } : typed ? new Fault('ResourceNotFoundException', 404) : new Fault('AccessDeniedException', 403);
    });
  const change = (name: string, more: Partial<StubVault>): void => void there.set(name, { ...there.get(name), ...more });
  return {
    connection: { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY },
    names: NAMES,
    entry,
    destroy: async (name) => void there.delete(name),
    destroyAll: async () => {
      // Where none is left, only the documented code proves it.
      typed = true;
      there.clear();
    },
    can: {
      recreate: async (name) => change(name, { CreationDate: Date.now() / 1000 }),
      weaken: async (name) => {
        const { LockDate: _, ...rest } = vaultNamed(name);
        there.set(name, { ...rest, CreationDate: there.get(name)?.CreationDate ?? 0 });
        return 'protection/lock';
      },
      deny: async () => void (mood.first = DENIED),
      throttleSecondPage: async () => {
        mood.second = new Fault('ThrottlingException', 400, 'Rate exceeded');
        return NAMES.slice(0, 2);
      },
      elsewhere: async () => {
        stub.on('sts:GetCallerIdentity', callerIs('999988887777'));
        return { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY };
      },
      hide: async (name) => void hidden.add(name),
      show: async () => hidden.clear(),
      hang: async (from) => {
        if (from === 'first page') mood.first = 'hang';
        else mood.second = 'hang';
      },
    },
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const backup = new Backup(account.client);
  const make = async (BackupVaultName: string): Promise<void> => {
    await backup.createBackupVault({ BackupVaultName });
    await backup.putBackupVaultLockConfiguration({ BackupVaultName, MinRetentionDays: 30 });
  };
  for (const name of NAMES) await make(name);
  const left = new Set(NAMES);
  const destroy = async (BackupVaultName: string): Promise<void> => {
    await backup.deleteBackupVault({ BackupVaultName });
    left.delete(BackupVaultName);
  };
  return {
    connection: account.connection,
    names: NAMES,
    entry,
    destroy,
    destroyAll: async () => {
      for (const name of left) await destroy(name);
    },
    can: {
      recreate: async (name) => {
        await destroy(name);
        await nextSecond();
        await make(name);
      },
      weaken: async (BackupVaultName) => {
        await backup.deleteBackupVaultLockConfiguration({ BackupVaultName });
        return 'protection/lock';
      },
      elsewhere: async () => {
        const other = await motoAccount(endpoint);
        const client = new Backup(other.client);
        for (const BackupVaultName of NAMES) await client.createBackupVault({ BackupVaultName });
        client.destroy();
        return { ...other.connection, account: account.connection['account'] };
      },
    },
    [Symbol.asyncDispose]: async () => backup.destroy(),
  };
}

export const backupVault: KindWorlds = { stub: onStub, emulator: onEmulator };
