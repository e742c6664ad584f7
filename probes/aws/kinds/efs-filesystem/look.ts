import type { FileSystemDescription } from '@aws-sdk/client-efs';
import type { Facet, Measure } from '../../../../src/probe.ts';
import { listOf } from '../../answer.ts';
import { codeOf } from '../../errors.ts';
import { defineOne, type AwsTarget, type Reading, type Step } from '../../kind.ts';
import { exact, flag, pinOf } from '../../measure.ts';
import { pagesOf } from '../../pages.ts';
import { regionsOfAccount } from '../../regions.ts';
import type { Vantage } from '../../vantage.ts';

/** The most that one page of it may have. */
const PAGE = 100;
const BACKUP_POLICY: Facet = 'protection/backup_policy';

function pin({ CreationTime: created, KmsKeyId: kms_key }: FileSystemDescription, account: string): Record<string, string> {
  return pinOf({ account, created, kms_key });
}

/** A replica is written by its replication, and by none that somebody else makes. */
function isProtected({ FileSystemProtection: protection }: FileSystemDescription): boolean {
  return protection?.ReplicationOverwriteProtection === 'ENABLED' || protection?.ReplicationOverwriteProtection === 'REPLICATING';
}

function read(one: FileSystemDescription, _: AwsTarget, __: number, account: string): Reading {
  const { FileSystemId: id = '', LifeCycleState: state = 'unknown', NumberOfMountTargets: targets = 0, SizeInBytes: size } = one;
  const held = size?.Value;
  return {
    pin: pin(one, account),
    measures: {
      failed: flag(state === 'error'),
      encrypted: flag(one.Encrypted === true),
      overwrite_protection: flag(isProtected(one)),
      mount_targets: exact(targets, 'count'),
      // Metered within the hour, in all and by class; no snapshot of one moment, but nothing that varies by itself.
      ...sizes({ size: held, standard: size?.ValueInStandard, infrequent: size?.ValueInIA, archive: size?.ValueInArchive }),
    },
    gone: state === 'deleted',
    say: `${id} is ${state}, ${held ?? '?'} bytes, ${targets} mount targets, made ${one.CreationTime?.toISOString() ?? 'at an unknown time'}`,
    ...(state === 'deleting' && { doom: { what: `file system ${id} is being deleted`, undo: UNDO } }),
  };
}

function sizes(all: Readonly<Record<string, number | undefined>>): Record<string, Measure> {
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, exact(value, 'bytes')]])));
}

/** The deletion itself cannot be stopped. */
const UNDO = 'it cannot be stopped; from a recovery point of AWS Backup: aws backup start-restore-job';

function steps({ ask }: Vantage, { key: FileSystemId }: AwsTarget): Step[] {
  return [
    {
      facets: [BACKUP_POLICY],
      call: 'elasticfilesystem:DescribeBackupPolicy',
      ask: async () => {
        try {
          const { BackupPolicy: policy } = await ask('efs', 'DescribeBackupPolicy', (efs, options) =>
            efs.describeBackupPolicy({ FileSystemId }, options),
          );
          const { Status: status = 'unknown' } = policy ?? {};
          return { measures: { backup_policy: flag(status === 'ENABLED' || status === 'ENABLING') }, say: `automatic backups ${status}` };
        } catch (error) {
          if (codeOf(error) !== 'PolicyNotFound') throw error;
          return { measures: { backup_policy: flag(false) }, say: 'no backup policy' };
        }
      },
    },
  ];
}

/** File systems, all that a sweep asks of them in one listing. */
export const looker = defineOne<FileSystemDescription, AwsTarget>({
  of: 'one',
  async *list({ ask }) {
    const pages = pagesOf(
      (Marker) =>
        ask('efs', 'DescribeFileSystems', (efs, options) =>
          efs.describeFileSystems({ MaxItems: PAGE, ...(Marker !== undefined && { Marker }) }, options),
        ),
      ({ NextMarker }) => NextMarker,
    );
    for await (const { FileSystems } of pages) yield listOf(FileSystems, 'FileSystems');
  },
  keys: ({ FileSystemId }) => (FileSystemId === undefined ? [] : [FileSystemId]),
  account: ({ OwnerId }) => OwnerId,
  second: regionsOfAccount,
  directCall: 'elasticfilesystem:DescribeFileSystems by id',
  notFound: ['FileSystemNotFound'],
  direct: async ({ ask }, { key }) =>
    (await ask('efs', 'DescribeFileSystems', (efs, options) => efs.describeFileSystems({ FileSystemId: key }, options))).FileSystems?.[0],
  read,
  steps,
  found: (one, _, account) => {
    const { FileSystemId: id = '', Name: name = '', NumberOfMountTargets: targets, SizeInBytes: size } = one;
    return {
      label: id,
      name: name === '' ? id : name,
      entry: { file_system: id },
      pin: pin(one, account),
      expect: {
        ...(one.Encrypted === true && { encrypted: true }),
        ...(isProtected(one) && { overwrite_protection: true }),
        ...(targets === 0 && { min_mount_targets: 0 }),
      },
      sweep: '1m',
      facts: [`${size?.Value ?? '?'} bytes, ${targets ?? '?'} mount targets${name === '' ? '' : `, named ${name}`}`],
    };
  },
});
