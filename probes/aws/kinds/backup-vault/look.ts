import type { BackupVaultListMember } from '@aws-sdk/client-backup';
import { accountOf } from '../../arn.ts';
import { findVault, maySayGone, vaultPages } from '../../backup/vaults.ts';
import { isRestorable, pointPages } from '../../backup/points.ts';
import { policyDigest } from '../../digest.ts';
import { codeOf } from '../../errors.ts';
import { defineOne, type Reading, type Step } from '../../kind.ts';
import { exact, flag, pinOf, text } from '../../measure.ts';
import { regionsOfAccount } from '../../regions.ts';
import type { Vantage } from '../../vantage.ts';
import { LOCKS, POINTS, POLICY, type VaultTarget } from './target.ts';

const DAY_MS = 86_400_000;

function read(vault: BackupVaultListMember, { key }: VaultTarget, now: number, account: string): Reading {
  const { CreationDate: created, EncryptionKeyArn: kms_key, NumberOfRecoveryPoints: points = 0, VaultState: state } = vault;
  const lock = lockOf(vault, now);
  return {
    pin: pinOf({ account, created, kms_key }),
    measures: {
      failed: flag(state === 'FAILED'),
      lock: exact(lock.grade, 'count'),
      retention: exact((vault.Locked === true ? (vault.MinRetentionDays ?? 0) : 0) * DAY_MS, 'ms'),
      points_about: { value: points, unit: 'count', how: 'estimate' },
    },
    say: `${key}, made ${created?.toISOString() ?? 'at an unknown time'}, ${lock.say}, about ${points} recovery points`,
  };
}

/** How firm the lock of a vault is at a moment (ms since 1970). */
function lockOf(
  { VaultType, Locked, LockDate: date }: BackupVaultListMember,
  now: number,
): { readonly grade: number; readonly say: string } {
  if (VaultType === 'LOGICALLY_AIR_GAPPED_BACKUP_VAULT') return { grade: LOCKS.final, say: 'locked for good, being air-gapped' };
  if (Locked !== true) return { grade: LOCKS.none, say: 'not locked' };
  if (date === undefined) return { grade: LOCKS.removable, say: 'locked, and the lock may be lifted at any time (it has no date)' };
  if (date.getTime() <= now) return { grade: LOCKS.final, say: `locked for good since ${date.toISOString()}` };
  return { grade: LOCKS.cooling_off, say: `locked, and the lock may be lifted until ${date.toISOString()} (cooling-off)` };
}

/**
 * AWS says AccessDenied of a vault that is not there, to whoever asks. That proves nothing, and contradicts nothing either: where a second list,
 * read to its end and with others in it, does not show it, this call has nothing to add.
 */
async function direct(vantage: Vantage, BackupVaultName: string): Promise<BackupVaultListMember | undefined> {
  try {
    return await vantage.ask('backup', 'DescribeBackupVault', (backup, options) =>
      backup.describeBackupVault({ BackupVaultName }, options),
    );
  } catch (error) {
    if (codeOf(error) === 'ResourceNotFoundException' || !maySayGone(error)) throw error;
    const { found, others } = await findVault(vantage, BackupVaultName);
    if (found || others === 0) throw error;
    return undefined;
  }
}

function steps(vantage: Vantage, { key }: VaultTarget): Step[] {
  return [
    {
      facets: [POINTS],
      call: 'backup:ListRecoveryPointsByBackupVault',
      ask: async () => {
        let points = 0;
        let others = 0;
        for await (const page of pointPages(vantage, key))
          for (const point of page)
            if (isRestorable(point)) points += 1;
            else others += 1;
        return { measures: { points: exact(points, 'count') }, say: `${points} recovery points to restore from, ${others} others` };
      },
    },
    {
      facets: [POLICY],
      call: 'backup:GetBackupVaultAccessPolicy',
      ask: async () => {
        const digest = await digestOf(vantage, key);
        return { measures: { policy: text(digest) }, say: `policy ${digest}` };
      },
    },
  ];
}

async function digestOf({ ask }: Vantage, BackupVaultName: string): Promise<string> {
  try {
    const { Policy } = await ask('backup', 'GetBackupVaultAccessPolicy', (backup, options) =>
      backup.getBackupVaultAccessPolicy({ BackupVaultName }, options),
    );
    return Policy === undefined ? 'none' : policyDigest(Policy);
  } catch (error) {
    if (codeOf(error) === 'ResourceNotFoundException') return 'none';
    throw error;
  }
}

/** Vaults: where they are and how they are locked, from one listing. */
export const looker = defineOne<BackupVaultListMember, VaultTarget>({
  of: 'one',
  list: (vantage) => vaultPages(vantage),
  keys: ({ BackupVaultName }) => (BackupVaultName === undefined ? [] : [BackupVaultName]),
  account: ({ BackupVaultArn }) => accountOf(BackupVaultArn),
  second: regionsOfAccount,
  directCall: 'backup:DescribeBackupVault',
  notFound: ['ResourceNotFoundException'],
  direct: (vantage, { key }) => direct(vantage, key),
  read,
  steps,
  found: (vault, _, account) => {
    const { BackupVaultName: name = '', CreationDate: created, EncryptionKeyArn: kms_key, NumberOfRecoveryPoints: points = 0 } = vault;
    const { MinRetentionDays: days = 0, Locked: locked } = vault;
    return {
      label: name,
      name,
      entry: { vault: name },
      pin: pinOf({ account, created, kms_key }),
      expect: { ...(locked === true && { lock: 'locked' }), ...(locked === true && days > 0 && { min_retention: `${days}d` }) },
      sweep: '1m',
      facts: [`about ${points} recovery points`, ...(locked === true ? [] : ['it is not locked'])],
    };
  },
});
