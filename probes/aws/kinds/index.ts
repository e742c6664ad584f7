import type { AwsKind } from '../kind.ts';
import { backupPoints } from './backup-points/entry.ts';
import { backupVault } from './backup-vault/entry.ts';
import { ebsSnapshots } from './ebs-snapshots/entry.ts';
import { ebsVolume } from './ebs-volume/entry.ts';
import { kmsKey } from './kms-key/entry.ts';
import { dynamodbTable } from './dynamodb-table/entry.ts';
import { efsFilesystem } from './efs-filesystem/entry.ts';
import { rdsAutomatedBackup } from './rds-automated-backup/entry.ts';
import { rdsCluster } from './rds-cluster/entry.ts';
import { rdsInstance } from './rds-instance/entry.ts';
import { rdsSnapshots } from './rds-snapshots/entry.ts';
import { s3Backups } from './s3-backups/entry.ts';
import { s3Bucket } from './s3-bucket/entry.ts';

/** Every kind of AWS resource there is, by its name in the manifest. */
export const awsKinds: ReadonlyMap<string, AwsKind> = new Map(
  [
    backupPoints,
    backupVault,
    ebsSnapshots,
    ebsVolume,
    kmsKey,
    dynamodbTable,
    efsFilesystem,
    rdsAutomatedBackup,
    rdsCluster,
    rdsInstance,
    rdsSnapshots,
    s3Backups,
    s3Bucket,
  ].map((kind) => [kind.name, kind]),
);
