import type { AwsTarget } from './kind.ts';

/** Something that can be done to what is on the roll, and to what. */
export interface Harm {
  readonly action: string;
  /** ARN, or a pattern of ARNs. */
  readonly on: string;
  /** `delete`: it, or what it holds, is gone by it. `weaken`: what would have saved it is. */
  readonly right: 'delete' | 'weaken';
}

/** Where it is. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}
type Made = readonly [resource: (target: AwsTarget, place: Place) => string, destroys: readonly string[], weakens: readonly string[]];

const named =
  (service: string, type: string) =>
  ({ key }: AwsTarget, { partition, region, account }: Place): string =>
    `arn:${partition}:${service}:${region}:${account}:${type}${key}`;
/** Of which the roll has sets: any of them. */
const any =
  (service: string, type: string) =>
  (_: AwsTarget, { partition, region, account }: Place): string =>
    `arn:${partition}:${service}:${region}:${account}:${type}*`;
/** A bucket by its name, or a prefix in it: `vault`, `vault/orders/`. */
const bucket = ({ scope, key }: AwsTarget, { partition }: Place): string => `arn:${partition}:s3:::${(scope ?? key).split('/')[0]}`;
const objects = ({ scope, key }: AwsTarget, { partition }: Place): string => {
  const [name, ...prefix] = (scope ?? key).split('/');
  return `arn:${partition}:s3:::${name}/${prefix.join('/')}*`;
};
const vault = ({ scope, key }: AwsTarget, { partition, region, account }: Place): string =>
  `arn:${partition}:backup:${region}:${account}:backup-vault:${scope ?? key}`;
const points = (_: AwsTarget, { partition, region }: Place): string => `arn:${partition}:*:${region}:*:*`;

const bucketWeakened = [
  's3:PutLifecycleConfiguration',
  's3:PutBucketVersioning',
  's3:PutBucketObjectLockConfiguration',
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
  's3:PutReplicationConfiguration',
  's3:PutEncryptionConfiguration',
];
const objectsGone = ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutObject'];
const vaultWeakened = [
  'backup:DeleteBackupVaultLockConfiguration',
  'backup:PutBackupVaultAccessPolicy',
  'backup:DeleteBackupVaultAccessPolicy',
];
const pointsGone = ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle', 'backup:DisassociateRecoveryPoint'];
const snapshotGone = ['ec2:DeleteSnapshot'];

/** By kind: IAM actions as the service authorization reference has them, and the resource that each is decided on. */
const TABLE: Readonly<Record<string, readonly Made[]>> = {
  'aws.rds.instance': [[named('rds', 'db:'), ['rds:DeleteDBInstance'], ['rds:ModifyDBInstance']]],
  'aws.rds.cluster': [[named('rds', 'cluster:'), ['rds:DeleteDBCluster'], ['rds:ModifyDBCluster']]],
  'aws.rds.snapshots': [
    [any('rds', 'snapshot:'), ['rds:DeleteDBSnapshot'], ['rds:ModifyDBSnapshotAttribute']],
    [any('rds', 'cluster-snapshot:'), ['rds:DeleteDBClusterSnapshot'], ['rds:ModifyDBClusterSnapshotAttribute']],
  ],
  'aws.rds.automated_backup': [
    [any('rds', 'auto-backup:'), ['rds:DeleteDBInstanceAutomatedBackup'], []],
    [any('rds', 'cluster-auto-backup:'), ['rds:DeleteDBClusterAutomatedBackup'], []],
  ],
  'aws.ebs.volume': [[named('ec2', 'volume/'), ['ec2:DeleteVolume'], ['ec2:DetachVolume']]],
  'aws.ebs.snapshots': [
    [
      (_, { partition, region }) => `arn:${partition}:ec2:${region}::snapshot/*`,
      snapshotGone,
      ['ec2:ModifySnapshotAttribute', 'ec2:UnlockSnapshot'],
    ],
    [any('rbin', 'rule/'), [], ['rbin:DeleteRule', 'rbin:UpdateRule', 'rbin:UnlockRule']],
  ],
  'aws.s3.bucket': [
    [bucket, ['s3:DeleteBucket'], bucketWeakened],
    [objects, objectsGone, ['s3:BypassGovernanceRetention']],
  ],
  'aws.s3.backups': [
    [objects, objectsGone, ['s3:BypassGovernanceRetention', 's3:PutObjectRetention']],
    [bucket, ['s3:DeleteBucket'], bucketWeakened],
  ],
  'aws.backup.vault': [
    [vault, ['backup:DeleteBackupVault'], vaultWeakened],
    [points, pointsGone, []],
  ],
  'aws.backup.recovery_points': [
    [points, pointsGone, []],
    [vault, ['backup:DeleteBackupVault'], vaultWeakened],
  ],
  'aws.dynamodb.table': [
    [
      named('dynamodb', 'table/'),
      ['dynamodb:DeleteTable', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
      ['dynamodb:UpdateTable', 'dynamodb:UpdateContinuousBackups', 'dynamodb:UpdateTimeToLive'],
    ],
  ],
  'aws.efs.filesystem': [
    [
      named('elasticfilesystem', 'file-system/'),
      ['elasticfilesystem:DeleteFileSystem', 'elasticfilesystem:PutLifecycleConfiguration'],
      [
        'elasticfilesystem:PutBackupPolicy',
        'elasticfilesystem:UpdateFileSystemProtection',
        'elasticfilesystem:DeleteReplicationConfiguration',
      ],
    ],
  ],
  'aws.kms.key': [
    [named('kms', 'key/'), ['kms:ScheduleKeyDeletion', 'kms:DeleteImportedKeyMaterial'], ['kms:DisableKey', 'kms:PutKeyPolicy']],
  ],
};

/** Kinds whose harms are known. */
export const HARMED: ReadonlySet<string> = new Set(Object.keys(TABLE));

/** Everything that could be done to one resource of the roll. */
export function harmsOf(target: AwsTarget, place: Place): Harm[] {
  return (TABLE[target.kind] ?? []).flatMap(([resource, destroys, weakens]) => {
    const on = resource(target, place);
    return [
      ...destroys.map((action): Harm => ({ action, on, right: 'delete' })),
      ...weakens.map((action): Harm => ({ action, on, right: 'weaken' })),
    ];
  });
}

/** What makes an identity as strong as it likes. Asked about every resource, since each of them leads to all. */
export const ESCALATIONS: readonly string[] = [
  'iam:AttachRolePolicy',
  'iam:AttachUserPolicy',
  'iam:AttachGroupPolicy',
  'iam:PutRolePolicy',
  'iam:PutUserPolicy',
  'iam:PutGroupPolicy',
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:UpdateAssumeRolePolicy',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
  'iam:UpdateLoginProfile',
  'iam:AddUserToGroup',
  'iam:DeleteRolePermissionsBoundary',
  'iam:DeleteUserPermissionsBoundary',
  'iam:PutRolePermissionsBoundary',
];

/** By service: what starts something that acts as a role which was handed to it. */
export const STARTERS: Readonly<Record<string, readonly string[]>> = {
  'ec2.amazonaws.com': ['ec2:RunInstances', 'ec2:AssociateIamInstanceProfile'],
  'lambda.amazonaws.com': ['lambda:CreateFunction', 'lambda:UpdateFunctionConfiguration'],
  'ecs-tasks.amazonaws.com': ['ecs:RunTask', 'ecs:StartTask', 'ecs:CreateService'],
  'glue.amazonaws.com': ['glue:CreateJob', 'glue:CreateDevEndpoint'],
  'cloudformation.amazonaws.com': ['cloudformation:CreateStack', 'cloudformation:UpdateStack'],
  'codebuild.amazonaws.com': ['codebuild:CreateProject', 'codebuild:UpdateProject'],
  'sagemaker.amazonaws.com': ['sagemaker:CreateNotebookInstance', 'sagemaker:CreateProcessingJob'],
  'states.amazonaws.com': ['states:CreateStateMachine', 'states:UpdateStateMachine'],
  'ssm.amazonaws.com': ['ssm:StartAutomationExecution'],
  'backup.amazonaws.com': ['backup:StartRestoreJob'],
};
