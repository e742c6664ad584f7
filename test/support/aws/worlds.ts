import { backupPoints } from './kinds/backup-points.ts';
import { backupVault } from './kinds/backup-vault.ts';
import { ebsSnapshots } from './kinds/ebs-snapshots.ts';
import { ebsVolume } from './kinds/ebs-volume.ts';
import { kmsKey } from './kinds/kms-key.ts';
import { dynamodbTable } from './kinds/dynamodb-table.ts';
import { efsFilesystem } from './kinds/efs-filesystem.ts';
import { rdsAutomatedBackup } from './kinds/rds-automated-backup.ts';
import { rdsCluster } from './kinds/rds-cluster.ts';
import { rdsInstance } from './kinds/rds-instance.ts';
import { rdsSnapshots } from './kinds/rds-snapshots.ts';
import { s3Backups } from './kinds/s3-backups.ts';
import { s3Bucket } from './kinds/s3-bucket.ts';
import type { KindWorlds } from './world.ts';

/** Where each kind is put to the test, by its name. */
export const worlds: ReadonlyMap<string, KindWorlds> = new Map([
  ['aws.backup.recovery_points', backupPoints],
  ['aws.backup.vault', backupVault],
  ['aws.ebs.snapshots', ebsSnapshots],
  ['aws.ebs.volume', ebsVolume],
  ['aws.kms.key', kmsKey],
  ['aws.dynamodb.table', dynamodbTable],
  ['aws.efs.filesystem', efsFilesystem],
  ['aws.rds.automated_backup', rdsAutomatedBackup],
  ['aws.rds.cluster', rdsCluster],
  ['aws.rds.instance', rdsInstance],
  ['aws.rds.snapshots', rdsSnapshots],
  ['aws.s3.backups', s3Backups],
  ['aws.s3.bucket', s3Bucket],
]);
