import type { BackupVaultListMember } from '@aws-sdk/client-backup';
import { listOf } from '../answer.ts';
import { codeOf } from '../errors.ts';
import type { Vantage } from '../vantage.ts';

/** The most that one page of it may have. */
const PAGE = 1000;

/** Every vault of the asserted caller in one region, page by page. */
export async function* vaultPages({ ask }: Vantage): AsyncGenerator<readonly BackupVaultListMember[], void, void> {
  let token: string | undefined;
  do {
    const NextToken = token;
    const page = await ask('backup', 'ListBackupVaults', (backup, options) =>
      backup.listBackupVaults({ MaxResults: PAGE, ...(NextToken !== undefined && { NextToken }) }, options),
    );
    yield listOf(page.BackupVaultList, 'BackupVaultList');
    token = page.NextToken;
  } while (token);
}

/** A vault in a listing that was read to its end, and how many others were in it. @throws as the API does. */
export async function findVault(
  vantage: Vantage,
  vault: string,
): Promise<{ readonly found: BackupVaultListMember | undefined; readonly others: number }> {
  let found: BackupVaultListMember | undefined;
  let all = 0;
  for await (const page of vaultPages(vantage)) {
    found ??= page.find(({ BackupVaultName }) => BackupVaultName === vault);
    all += page.length;
  }
  return { found, others: found ? all - 1 : all };
}

/**
 * True for what AWS Backup says of a vault that is not there: that there is none, or, of most calls and whatever the caller may do, that access
 * is denied. The second alone says nothing.
 */
export function maySayGone(error: unknown): boolean {
  return /^(?:ResourceNotFoundException|AccessDeniedException|AccessDenied)$/.test(codeOf(error));
}
