import type { RecoveryPointByBackupVault } from '@aws-sdk/client-backup';
import { listOf } from '../answer.ts';
import type { Vantage } from '../vantage.ts';

/** The most that one page of it may have. */
const PAGE = 1000;

/** Every recovery point of a vault, page by page. @throws as the API does, of a vault that is not there too. */
export async function* pointPages({ ask }: Vantage, vault: string): AsyncGenerator<readonly RecoveryPointByBackupVault[], void, void> {
  let token: string | undefined;
  do {
    const NextToken = token;
    const page = await ask('backup', 'ListRecoveryPointsByBackupVault', (backup, options) =>
      backup.listRecoveryPointsByBackupVault(
        { BackupVaultName: vault, MaxResults: PAGE, ...(NextToken !== undefined && { NextToken }) },
        options,
      ),
    );
    yield listOf(page.RecoveryPoints, 'RecoveryPoints');
    token = page.NextToken;
  } while (token);
}

/** True where it can be restored from: whole, and not on its way out. */
export function isRestorable({ Status }: RecoveryPointByBackupVault): boolean {
  return Status === 'COMPLETED' || Status === 'AVAILABLE';
}
