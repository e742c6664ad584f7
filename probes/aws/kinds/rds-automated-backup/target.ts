import type { AwsTarget } from '../../kind.ts';
import type { Source } from '../../rds/snapshots.ts';

export interface BackupTarget extends AwsTarget {
  readonly scope: Source;
  readonly name: string;
}

/** The call of each listing there is, by its scope. */
export const LISTINGS: Readonly<Record<Source, string>> = {
  instance: 'rds:DescribeDBInstanceAutomatedBackups',
  cluster: 'rds:DescribeDBClusterAutomatedBackups',
};
