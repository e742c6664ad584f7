import assert from 'node:assert/strict';
import { Concerned } from '../../../../probes/aws/events/concerned.ts';
import { readHappening } from '../../../../probes/aws/events/happening.ts';
import { awsKinds } from '../../../../probes/aws/kinds/index.ts';
import { connectionSchema } from '../../../../probes/aws/schema.ts';
import type { Wanted } from '../../../../src/probe.ts';
import type { AwsTarget } from '../../../../probes/aws/kind.ts';
import { call, envelope } from '../../../support/aws/events.ts';
import { STUB_ACCOUNT } from '../../../support/aws/stub.ts';

const VOLUME = 'vol-0123456789abcdef0';
const KEY = '00000000-0000-4000-8000-000000000000';
const TABLE_ARN = `arn:aws:dynamodb:eu-west-1:${STUB_ACCOUNT}:table/orders`;
/** One entry of each kind at least, by its id. */
const ENTRIES: Readonly<Record<string, readonly [kind: string, entry: object]>> = {
  db: ['aws.rds.instance', { name: 'orders', identity: { dbi_resource_id: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ' } }],
  faraway: ['aws.rds.instance', { name: 'orders', region: 'us-east-1' }],
  cluster: ['aws.rds.cluster', { name: 'aurora' }],
  'db-snapshots': ['aws.rds.snapshots', { instance: 'orders' }],
  'cluster-snapshots': ['aws.rds.snapshots', { cluster: 'aurora' }],
  'db-backups': ['aws.rds.automated_backup', { instance: 'orders' }],
  disk: ['aws.ebs.volume', { volume: VOLUME }],
  'disk-snapshots': ['aws.ebs.snapshots', { volume: VOLUME }],
  'tagged-snapshots': ['aws.ebs.snapshots', { tag: { key: 'set', value: 'nightly' } }],
  bucket: ['aws.s3.bucket', { bucket: 'vault-of-orders' }],
  dumps: ['aws.s3.backups', { bucket: 'vault-of-orders', path: 'nightly/*.dump' }],
  vault: ['aws.backup.vault', { vault: 'nightly' }],
  points: ['aws.backup.recovery_points', { vault: 'nightly', resource: TABLE_ARN, expect: { plan: 'plan-1' } }],
  table: ['aws.dynamodb.table', { table: 'orders' }],
  files: ['aws.efs.filesystem', { file_system: 'fs-0123456789abcdef0' }],
  key: ['aws.kms.key', { key: KEY }],
};

const wanted = Object.entries(ENTRIES).map(([id, [name, entry]]): Wanted<AwsTarget> => {
  const kind = awsKinds.get(name) ?? assert.fail(name);
  const compiled = kind.compile(kind.entry.parse(entry));
  assert.ok(compiled.ok);
  return { id, kind: name, target: compiled.value.target, checks: [] };
});
const connection = connectionSchema.parse({ account: STUB_ACCOUNT, regions: ['eu-west-1', 'us-east-1'] });
const concerned = new Concerned(connection, wanted, awsKinds);
const by = (event: object): string[] => {
  const happening = readHappening(JSON.stringify(event));
  return happening ? [...concerned.by(happening)].toSorted() : [];
};

describe('whom of the roll an event is about', () => {
  it('has a word for each kind that there is', () => {
    assert.deepEqual([...new Set(wanted.map(({ kind }) => kind))].toSorted(), [...awsKinds.keys()].toSorted());
    for (const { target, kind } of wanted) {
      const { heard } = awsKinds.get(kind) ?? assert.fail(kind);
      assert.ok(heard.services.length > 0, kind);
      assert.ok(heard.names(target).length > 0 || heard.members, kind);
    }
  });

  const cases: readonly [what: string, event: object, ids: readonly string[]][] = [
    [
      'a database, and all that is of it',
      call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: 'Orders' }),
      ['db', 'db-backups', 'db-snapshots'],
    ],
    ['a database by what it is', call('rds', 'ModifyDBInstance', { dbiResourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ' }), ['db']],
    [
      'a database in another region',
      call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: 'orders' }, {}, { region: 'us-east-1' }),
      ['faraway'],
    ],
    [
      'a database, by its own word',
      envelope(
        'aws.rds',
        'RDS DB Instance Event',
        {
          EventCategories: ['deletion'],
          SourceType: 'DB_INSTANCE',
          SourceIdentifier: 'orders',
          Message: 'DB instance deleted',
          EventID: 'RDS-EVENT-0003',
        },
        { resources: [`arn:aws:rds:eu-west-1:${STUB_ACCOUNT}:db:orders`] },
      ),
      ['db', 'db-backups', 'db-snapshots'],
    ],
    [
      'a cluster',
      call('rds', 'ModifyDBCluster', { dBClusterIdentifier: 'aurora', deletionProtection: false }),
      ['cluster', 'cluster-snapshots'],
    ],
    [
      'a snapshot that does not say of what it is',
      call('rds', 'DeleteDBSnapshot', { dBSnapshotIdentifier: 'before-the-move' }),
      ['cluster-snapshots', 'db-snapshots'],
    ],
    [
      'a snapshot that says it',
      call(
        'rds',
        'DeleteDBSnapshot',
        { dBSnapshotIdentifier: 'x' },
        { responseElements: { dBSnapshotIdentifier: 'x', dBInstanceIdentifier: 'orders' } },
      ),
      ['db', 'db-backups', 'db-snapshots'],
    ],
    ['automated backups', call('rds', 'DeleteDBInstanceAutomatedBackup', { dbiResourceId: 'db-OF-ANOTHER' }), ['db-backups']],
    ['a volume', call('ec2', 'DeleteVolume', { volumeId: VOLUME }), ['disk', 'disk-snapshots']],
    [
      'a volume, by its own word',
      envelope(
        'aws.ec2',
        'EBS Volume Notification',
        { event: 'deleteVolume', result: 'deleted' },
        { resources: [`arn:aws:ec2:eu-west-1:${STUB_ACCOUNT}:volume/${VOLUME}`] },
      ),
      ['disk', 'disk-snapshots'],
    ],
    [
      'a snapshot of a volume',
      call('ec2', 'DeleteSnapshot', { snapshotId: 'snap-0123456789abcdef0' }),
      ['disk-snapshots', 'tagged-snapshots'],
    ],
    ['a rule of the recycle bin', call('rbin', 'DeleteRule', { identifier: 'abcd' }), ['disk-snapshots', 'tagged-snapshots']],
    ['a bucket, and the backups in it', call('s3', 'PutBucketVersioning', { bucketName: 'vault-of-orders' }), ['bucket', 'dumps']],
    [
      'a bucket, whichever region says so',
      call('s3', 'DeleteBucket', { bucketName: 'vault-of-orders' }, {}, { region: 'us-east-1' }),
      ['bucket'],
    ],
    [
      'an object, by its own word',
      envelope('aws.s3', 'Object Deleted', {
        bucket: { name: 'vault-of-orders' },
        object: { key: 'nightly/1.dump' },
        reason: 'DeleteObject',
      }),
      ['bucket', 'dumps'],
    ],
    [
      'a recovery point',
      call('backup', 'DeleteRecoveryPoint', {
        backupVaultName: 'nightly',
        recoveryPointArn: `arn:aws:backup:eu-west-1:${STUB_ACCOUNT}:recovery-point:1`,
      }),
      ['points', 'vault'],
    ],
    [
      'a recovery point, by its own word',
      envelope('aws.backup', 'Recovery Point State Change', { status: 'DELETED', backupVaultName: 'nightly', resourceType: 'DynamoDB' }),
      ['points', 'vault'],
    ],
    ['a plan', call('backup', 'DeleteBackupPlan', { backupPlanId: 'plan-1' }), ['points']],
    ['a table', call('dynamodb', 'DeleteTable', { tableName: TABLE_ARN }), ['table']],
    ['a backup of a table', call('dynamodb', 'DeleteBackup', { backupArn: `${TABLE_ARN}/backup/01489602797149` }), ['table']],
    ['a file system', call('elasticfilesystem', 'DeleteFileSystem', { fileSystemId: 'fs-0123456789abcdef0' }), ['files']],
    ['a mount target', call('elasticfilesystem', 'DeleteMountTarget', { mountTargetId: 'fsmt-1' }), ['files']],
    ['a key', call('kms', 'ScheduleKeyDeletion', { keyId: `arn:aws:kms:eu-west-1:${STUB_ACCOUNT}:key/${KEY}` }), ['key']],
    ['a store of keys', call('kms', 'DeleteCustomKeyStore', { customKeyStoreId: 'cks-1' }), ['key']],
    ['nobody: another database', call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: 'staging' }), []],
    [
      'nobody: the like-named of another account',
      call('rds', 'DeleteDBInstance', { dBInstanceIdentifier: 'orders' }, {}, { account: '999988887777' }),
      [],
    ],
    ['nobody: the like-named of another service', call('lambda', 'DeleteFunction', { functionName: 'orders' }), []],
    ['nobody: the watch itself', call('cloudtrail', 'StopLogging', { name: 'trail' }), []],
    ['nobody: a snapshot in another region', call('ec2', 'DeleteSnapshot', { snapshotId: 'snap-1' }, {}, { region: 'ap-south-1' }), []],
  ];
  for (const [what, event, ids] of cases) it(what, () => assert.deepEqual(by(event), ids));
});
