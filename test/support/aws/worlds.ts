import { backupPoints } from './kinds/backup-points.ts';
import { backupVault } from './kinds/backup-vault.ts';
import { ebsVolume } from './kinds/ebs-volume.ts';
import { rdsInstance } from './kinds/rds-instance.ts';
import { s3Backups } from './kinds/s3-backups.ts';
import { s3Bucket } from './kinds/s3-bucket.ts';
import type { KindWorlds } from './world.ts';

/** Where each kind is put to the test, by its name. */
export const worlds: ReadonlyMap<string, KindWorlds> = new Map([
  ['aws.backup.recovery_points', backupPoints],
  ['aws.backup.vault', backupVault],
  ['aws.ebs.volume', ebsVolume],
  ['aws.rds.instance', rdsInstance],
  ['aws.s3.backups', s3Backups],
  ['aws.s3.bucket', s3Bucket],
]);
