import type { Measure } from '../../../../src/probe.ts';
import { flag } from '../../measure.ts';
import type { Vantage } from '../../vantage.ts';

interface Said {
  readonly measures: Readonly<Record<string, Measure>>;
  readonly say: string;
}

/** Whether a plan still makes recovery points in a vault: it is listed, has a rule that writes there, and something is selected for it. */
export async function askPlan(vantage: Vantage, plan: string, vault: string): Promise<Said> {
  const trouble = await troubleOf(vantage, plan, vault);
  return { measures: { plan: flag(trouble === undefined) }, say: trouble ?? `plan ${plan} backs up into ${vault}` };
}

async function troubleOf(vantage: Vantage, plan: string, vault: string): Promise<string | undefined> {
  if (!(await isListed(vantage, plan))) return `plan ${plan} is in no page of the list of plans`;
  const { BackupPlan: { Rules = [] } = {} } = await vantage.ask('backup', 'GetBackupPlan', (backup, options) =>
    backup.getBackupPlan({ BackupPlanId: plan }, options),
  );
  const targets = Rules.filter(({ TargetBackupVaultName, TargetLogicallyAirGappedBackupVaultArn: gapped, CopyActions = [] }) => {
    const arns = [gapped, ...CopyActions.map(({ DestinationBackupVaultArn }) => DestinationBackupVaultArn)];
    return TargetBackupVaultName === vault || arns.some((arn) => arn?.endsWith(`:backup-vault:${vault}`));
  });
  if (targets.length === 0) return `none of the ${Rules.length} rules of plan ${plan} writes to ${vault}`;
  const { BackupSelectionsList: selections = [] } = await vantage.ask('backup', 'ListBackupSelections', (backup, options) =>
    backup.listBackupSelections({ BackupPlanId: plan }, options),
  );
  return selections.length === 0 ? `plan ${plan} selects nothing to back up` : undefined;
}

async function isListed({ ask }: Vantage, plan: string): Promise<boolean> {
  let token: string | undefined;
  do {
    const NextToken = token;
    const page = await ask('backup', 'ListBackupPlans', (backup, options) =>
      backup.listBackupPlans({ MaxResults: 1000, ...(NextToken !== undefined && { NextToken }) }, options),
    );
    if (page.BackupPlansList?.some(({ BackupPlanId }) => BackupPlanId === plan)) return true;
    token = page.NextToken;
  } while (token);
  return false;
}
