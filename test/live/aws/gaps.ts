import type { Happening } from '../../support/aws/world.ts';

/**
 * What the emulator (moto 5.2.5) cannot be made to do, and why: those tests run on the stub alone. `emulator`: it has nothing of this kind at all.
 * A gap that is none any more fails the live suite, and so does one that has no name here.
 */
type Gaps = Readonly<Partial<Record<Happening | 'emulator', string | undefined>>>;

/** The same for every kind; undefined in a kind's own: there it can. */
export const COMMON: Gaps = {
  deny: 'that it asks who may do what can be switched on for the whole server alone, and so for every test at once',
  throttleSecondPage: 'it throttles nobody',
  hide: 'it is consistent at once',
  hang: 'it always answers',
  doom: 'what is deleted is gone at once: no state between',
};

export const GAPS: Readonly<Record<string, Gaps>> = {
  'aws.backup.recovery_points': {
    emulator: 'it has no recovery points: ListRecoveryPointsByBackupVault is not among its calls, and a vault of it stays empty',
  },
  'aws.backup.vault': {},
  'aws.ebs.snapshots': {
    recreate: 'ids of volumes are never given twice, at AWS neither',
  },
  'aws.ebs.volume': {
    recreate: 'ids of volumes are never given twice, at AWS neither',
    weaken: 'DescribeVolumes says nothing of DeleteOnTermination, and encryption cannot be taken away',
  },
  'aws.kms.key': {
    // Deleted only days after it was scheduled, at AWS and here.
    doom: undefined,
    recreate: 'ids of keys are never given twice, at AWS neither',
  },
  'aws.dynamodb.table': {},
  'aws.efs.filesystem': {
    recreate: 'ids of file systems are never given twice, at AWS neither',
    weaken: 'it has no PutBackupPolicy and no UpdateFileSystemProtection, and encryption cannot be taken away',
  },
  'aws.rds.automated_backup': {
    // Deleted with its backups kept: they are retained.
    doom: undefined,
    recreate: 'DescribeDBInstanceAutomatedBackups says nothing of whose they are: no DbiResourceId, no InstanceCreateTime',
    weaken: 'DescribeDBInstanceAutomatedBackups says neither for how long they are kept nor whether they are encrypted',
  },
  'aws.rds.cluster': {},
  'aws.rds.instance': {},
  'aws.rds.snapshots': {
    recreate: 'every instance has the same DbiResourceId, by which snapshots tell whose they are',
  },
  'aws.s3.backups': {
    doom: undefined,
    weaken: 'its GetObjectRetention answers with what no client can read; SeaweedFS stands in (test/live/aws/seaweed.test.ts)',
  },
  'aws.s3.bucket': {},
};
