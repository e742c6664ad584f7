import type { RecoveryPointByBackupVault } from '@aws-sdk/client-backup';
import { accountOf } from '../../arn.ts';
import { pointPages } from '../../backup/points.ts';
import { findVault, maySayGone, vaultPages } from '../../backup/vaults.ts';
import { defineSet } from '../../kind.ts';
import { regionsOfAccount } from '../../regions.ts';
import type { Vantage } from '../../vantage.ts';
import { explorePoints } from './explore.ts';
import { PLAN, type PointsTarget } from './target.ts';
import { askPlan } from './plan.ts';
import { readPoints } from './reading.ts';

/** A recovery point with the vault that was asked for it, and when that was made. */
export type Point = RecoveryPointByBackupVault & { readonly vault: string; readonly vaultCreated?: Date };

/** What is in a vault. Of one that is not there nothing, once a whole list of vaults with others in it has not shown it either. */
async function* list(vantage: Vantage, vault = ''): AsyncGenerator<readonly Point[], void, void> {
  const { found, others } = await findVault(vantage, vault);
  const of = { vault, ...(found?.CreationDate && { vaultCreated: found.CreationDate }) };
  try {
    for await (const page of pointPages(vantage, vault)) yield page.map((point) => ({ ...point, ...of }));
  } catch (error) {
    if (!maySayGone(error) || found || others === 0) throw error;
    yield [];
  }
}

/** The caller's vaults, this one among them; the regions that nobody is without, where there is none. */
async function countVaults(vantage: Vantage, vault: string | undefined): Promise<number> {
  for await (const page of vaultPages(vantage)) if (page.length > 0) return page.length;
  return regionsOfAccount.count(vantage, vault);
}

/** Sets of recovery points, each from one listing of its vault. */
export const looker = defineSet<Point, PointsTarget>({
  of: 'set',
  list,
  keys: ({ vault }) => [vault],
  account: ({ BackupVaultArn }) => accountOf(BackupVaultArn),
  second: { call: 'backup:ListBackupVaults', count: countVaults },
  read: readPoints,
  explore: explorePoints,
  steps: (vantage, { plan, key }) =>
    plan === undefined
      ? []
      : [{ facets: [PLAN], call: 'backup:ListBackupPlans, GetBackupPlan, ListBackupSelections', ask: () => askPlan(vantage, plan, key) }],
});
