import type { DBInstance } from '@aws-sdk/client-rds';
import { listOf } from '../../answer.ts';
import { accountOf } from '../../arn.ts';
import { defineOne, type AwsTarget, type Reading } from '../../kind.ts';
import { exact, flag, pinOf, text } from '../../measure.ts';
import { pagesOf } from '../../pages.ts';
import { parameterGroups } from '../../rds/second.ts';
import { troubleOf } from '../../rds/trouble.ts';

/** The most that one page of it may have. */
const PAGE = 100;
const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;

function pin(instance: DBInstance, account: string): Record<string, string> {
  const { DbiResourceId: dbi_resource_id, InstanceCreateTime: created, KmsKeyId: kms_key, Engine: engine } = instance;
  return pinOf({ account, dbi_resource_id, created, kms_key, engine });
}

function read(instance: DBInstance, { key }: AwsTarget, now: number, account: string): Reading {
  const { DbiResourceId: id, InstanceCreateTime: created } = instance;
  const { DBInstanceStatus: status = 'unknown', BackupRetentionPeriod: days = 0, AllocatedStorage: storage } = instance;
  const { LatestRestorableTime: restorable = created } = instance;
  return {
    pin: pin(instance, account),
    measures: {
      trouble: text(troubleOf(status)),
      deletion_protection: flag(instance.DeletionProtection === true),
      backup_retention: exact(days * DAY_MS, 'ms'),
      encrypted: flag(instance.StorageEncrypted === true),
      multi_az: flag(instance.MultiAZ === true),
      private: flag(instance.PubliclyAccessible !== true),
      // One that was never restorable has been so for as long as it is there.
      ...(restorable && { 'restorable.age': exact(Math.max(0, now - restorable.getTime()), 'ms') }),
      ...(storage !== undefined && { storage: exact(storage * GIB, 'bytes') }),
    },
    say: `${key} is ${status}, ${id ?? 'without a resource id'}, made ${created?.toISOString() ?? 'at an unknown time'}`,
    ...(status === 'deleting' && { doom: { what: `DB instance ${key} is being deleted`, undo: undoOf(id ?? '') } }),
  };
}

/** The deletion itself cannot be stopped; what was kept can be restored. */
function undoOf(id: string): string {
  return `it cannot be stopped; from kept backups: aws rds restore-db-instance-to-point-in-time --source-dbi-resource-id ${id} --use-latest-restorable-time`;
}

/** Instances, all that there is to know of them in one listing. */
export const looker = defineOne<DBInstance, AwsTarget>({
  of: 'one',
  async *list({ ask }) {
    const pages = pagesOf(
      (Marker) =>
        ask('rds', 'DescribeDBInstances', (rds, options) =>
          rds.describeDBInstances({ MaxRecords: PAGE, ...(Marker !== undefined && { Marker }) }, options),
        ),
      ({ Marker }) => Marker,
    );
    for await (const { DBInstances } of pages) yield listOf(DBInstances, 'DBInstances');
  },
  keys: ({ DBInstanceIdentifier }) => (DBInstanceIdentifier === undefined ? [] : [DBInstanceIdentifier.toLowerCase()]),
  account: ({ DBInstanceArn }) => accountOf(DBInstanceArn),
  id: ({ DbiResourceId }) => DbiResourceId,
  second: parameterGroups,
  directCall: 'rds:DescribeDBInstances by name',
  notFound: ['DBInstanceNotFoundFault', 'DBInstanceNotFound'],
  direct: async ({ ask }, { key }) =>
    (await ask('rds', 'DescribeDBInstances', (rds, options) => rds.describeDBInstances({ DBInstanceIdentifier: key }, options)))
      .DBInstances?.[0],
  read,
  found: ({ DBInstanceIdentifier: name = '', ...instance }, _, account) => ({
    label: name,
    name,
    entry: { name },
    pin: pin(instance, account),
    // What is weak is not proposed: people see it in the facts, and may ask for better.
    expect: {
      ...(instance.DeletionProtection === true && { deletion_protection: true }),
      ...(instance.BackupRetentionPeriod && { min_backup_retention: `${instance.BackupRetentionPeriod}d` }),
      ...(instance.StorageEncrypted === true && { encrypted: true }),
      ...(instance.MultiAZ === true && { multi_az: true }),
      ...(instance.PubliclyAccessible !== true && { private: true }),
    },
    sweep: '30s',
    facts: [
      `${instance.Engine ?? 'unknown engine'}, ${instance.AllocatedStorage ?? '?'} GiB, ${instance.DBInstanceStatus ?? 'in an unknown state'}`,
      ...(instance.DeletionProtection === true ? [] : ['deletion protection is off']),
      ...(instance.BackupRetentionPeriod ? [] : ['automated backups are off']),
    ],
  }),
});
