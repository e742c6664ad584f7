import * as z from 'zod';
import type { Check, Compiled, Parsed } from '../../../../src/probe.ts';
import { size } from '../../../../src/values/fields.ts';
import { defineKind, type AwsTarget } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { level, protection } from '../../protection.ts';
import { historyFields, restorable, retentionField } from '../../rds/history.ts';
import { rdsName } from '../../rds/name.ts';
import { parameterGroupsRight } from '../../rds/second.ts';
import { toDiscover } from '../../rights.ts';
import { entryAccount, entryMoment, entryRegion, entrySeverity } from '../../schema.ts';

const flagOf = (what: string) => z.boolean().optional().describe(`True: ${what}; false: need not be; unset: must stay so once it was.`);

const entrySchema = z.strictObject({
  name: rdsName('an instance').describe('Its DBInstanceIdentifier; upper and lower case are the same.'),
  region: entryRegion(),
  identity: z
    .strictObject({
      account: entryAccount(),
      dbi_resource_id: z.string().min(1).max(255).optional().describe('DbiResourceId: never given twice, and kept when it is renamed.'),
      created: entryMoment().optional().describe('When it was made (InstanceCreateTime).'),
      kms_key: z.string().min(1).max(255).optional().describe('ARN of the key that encrypts it (KmsKeyId).'),
      engine: z.string().min(1).max(80).optional().describe('postgres, mysql, aurora-postgresql, ...'),
    })
    .optional(),
  expect: z
    .strictObject({
      deletion_protection: flagOf('it must be on'),
      min_backup_retention: retentionField(),
      encrypted: flagOf('its storage must be'),
      multi_az: flagOf('it must have a standby in another zone'),
      private: flagOf('it must not be reachable from the internet (PubliclyAccessible off)'),
      restorable_within: historyFields.restorable_within,
      min_storage: size().optional().describe('Its allocated storage, at least.'),
      severity: entrySeverity(),
    })
    .optional(),
});

type Entry = z.output<typeof entrySchema>;

function compile({ name, region, identity, expect = {} }: Entry): Parsed<Compiled<AwsTarget>> {
  const key = name.toLowerCase();
  const subject = `DB instance ${key}`;
  const { severity, restorable_within, min_storage } = expect;
  const plain = { depth: 'sweep', subject, noun: '' } as const;
  const checks: Check[] = [
    {
      ...plain,
      facet: 'content/state',
      path: 'state',
      measure: 'trouble',
      rule: { is: 'equals', value: '' },
      breach: 'diminished',
      noun: 'as its status',
    },
    ...protection({
      name: 'deletion_protection',
      asked: expect.deletion_protection,
      subject,
      sentence: `deletion protection of ${subject} is off`,
      severity,
    }),
    ...level({
      name: 'backup_retention',
      path: 'min_backup_retention',
      asked: expect.min_backup_retention,
      subject: `automated backups of ${subject}`,
      noun: 'of retention',
      unit: 'ms',
      severity,
    }),
    ...protection({
      name: 'encrypted',
      asked: expect.encrypted,
      subject,
      sentence: `the storage of ${subject} is not encrypted`,
      severity,
    }),
    ...protection({ name: 'multi_az', asked: expect.multi_az, subject, sentence: `${subject} has no standby in another zone`, severity }),
    ...protection({ name: 'private', asked: expect.private, subject, sentence: `${subject} can be reached from the internet`, severity }),
  ];
  if (restorable_within !== undefined) checks.push(restorable(subject, restorable_within));
  if (min_storage !== undefined)
    checks.push({
      ...plain,
      facet: 'content/storage',
      path: 'min_storage',
      measure: 'storage',
      rule: { is: 'at_least', bound: min_storage },
      breach: 'diminished',
      unit: 'bytes',
      noun: 'of storage',
    });
  const pinned = identity?.dbi_resource_id;
  const target = { kind: 'aws.rds.instance', region, key, ...(pinned !== undefined && { pinned }) };
  return { ok: true, value: { target, identity: statedPin(identity), vantageKey: 'account', checks } };
}

/** One RDS instance, of Aurora too. */
export const rdsInstance = defineKind<AwsTarget>({
  name: 'aws.rds.instance',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  confirmAfterMs: 3000,
  listing: 'rds:DescribeDBInstances',
  rights: () => [
    { right: 'rds:DescribeDBInstances', on: '*', why: 'to list the instances, and to ask for one by its name' },
    parameterGroupsRight('instances'),
  ],
  heard: { services: ['rds'], names: ({ key, pinned }) => [key, ...(pinned === undefined ? [] : [pinned])] },
  discovers: () => toDiscover('instance', 'rds:DescribeDBInstances'),
  load: async () => (await import('./look.ts')).looker,
});
