import type { AwsKind } from '../kind.ts';
import { backupPoints } from './backup-points/entry.ts';
import { backupVault } from './backup-vault/entry.ts';
import { ebsVolume } from './ebs-volume/entry.ts';
import { rdsInstance } from './rds-instance/entry.ts';
import { s3Backups } from './s3-backups/entry.ts';
import { s3Bucket } from './s3-bucket/entry.ts';

/** Every kind of AWS resource there is, by its name in the manifest. */
export const awsKinds: ReadonlyMap<string, AwsKind> = new Map(
  [backupPoints, backupVault, ebsVolume, rdsInstance, s3Backups, s3Bucket].map((kind) => [kind.name, kind]),
);
