import type { BackupVaultListMember } from '@aws-sdk/client-backup';
import { codeOf } from '../errors.ts';
import type { Second } from '../kind.ts';
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
    yield page.BackupVaultList ?? [];
    token = page.NextToken;
  } while (token);
}

/** True where a vault is in no page of a listing that was read to its end and shows others. @throws as the API does. */
export async function isUnlisted(vantage: Vantage, vault: string): Promise<boolean> {
  let others = 0;
  for await (const page of vaultPages(vantage)) {
    if (page.some(({ BackupVaultName }) => BackupVaultName === vault)) return false;
    others += page.length;
  }
  return others > 0;
}

/**
 * True for what AWS Backup says of a vault that is not there: that there is none, or, of most calls and whatever the caller may do, that access
 * is denied. The second alone says nothing.
 */
export function maySayGone(error: unknown): boolean {
  return /^(?:ResourceNotFoundException|AccessDeniedException|AccessDenied)$/.test(codeOf(error));
}

/** The plan templates that AWS Backup brings along: there is no account without them. */
export const templates: Second = {
  call: 'backup:ListBackupPlanTemplates',
  count: async ({ ask }) =>
    (await ask('backup', 'ListBackupPlanTemplates', (backup, options) => backup.listBackupPlanTemplates({ MaxResults: 10 }, options)))
      .BackupPlanTemplatesList?.length ?? 0,
};
