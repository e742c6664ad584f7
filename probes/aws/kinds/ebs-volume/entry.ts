import * as z from 'zod';
import type { Check, Compiled, Parsed } from '../../../../src/probe.ts';
import { size } from '../../../../src/values/fields.ts';
import { volumeId } from '../../ebs/ids.ts';
import { defineKind, type AwsTarget } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { protection } from '../../protection.ts';
import { toDiscover } from '../../rights.ts';
import { entryAccount, entryMoment, entryRegion, entrySeverity } from '../../schema.ts';

const entrySchema = z.strictObject({
  volume: volumeId.describe('Id of the volume: it is never given twice.'),
  region: entryRegion(),
  identity: z
    .strictObject({
      account: entryAccount(),
      created: entryMoment().optional().describe('When it was made (CreateTime).'),
      kms_key: z.string().min(1).max(255).optional().describe('ARN of the key that encrypts it (KmsKeyId).'),
    })
    .optional(),
  expect: z
    .strictObject({
      encrypted: z.boolean().optional().describe('True: it must be; false: need not be; unset: must stay so once it was.'),
      kept_on_termination: z
        .boolean()
        .optional()
        .describe('True: it must outlive the instances that it is attached to (DeleteOnTermination off); unset: must stay so once it was.'),
      attached: z
        .boolean()
        .optional()
        .describe('True: it must be attached to an instance; a detached one is warned of (default: not asked).'),
      min_size: size().optional().describe('Its size, at least.'),
      severity: entrySeverity(),
    })
    .optional(),
});

type Entry = z.output<typeof entrySchema>;

function compile({ volume, region, identity, expect = {} }: Entry): Parsed<Compiled<AwsTarget>> {
  const subject = `volume ${volume}`;
  const { severity, attached = false, min_size } = expect;
  const plain = { depth: 'sweep', subject, noun: '' } as const;
  const checks: Check[] = [
    {
      ...plain,
      facet: 'content/state',
      path: 'state',
      measure: 'failed',
      rule: { is: 'equals', value: 0 },
      breach: 'diminished',
      sentence: `${subject} is in state error: its storage has failed`,
    },
    ...protection({ name: 'encrypted', asked: expect.encrypted, subject, sentence: `${subject} is not encrypted`, severity }),
    ...protection({
      name: 'kept_on_termination',
      asked: expect.kept_on_termination,
      subject,
      sentence: `${subject} will be deleted with the instance that it is attached to`,
      severity,
    }),
  ];
  if (attached)
    checks.push({
      ...plain,
      facet: 'precursor/attached',
      path: 'attached',
      measure: 'attached',
      rule: { is: 'equals', value: 1 },
      breach: 'precursor',
      sentence: `${subject} is attached to nothing`,
    });
  if (min_size !== undefined)
    checks.push({
      ...plain,
      facet: 'content/size',
      path: 'min_size',
      measure: 'size',
      rule: { is: 'at_least', bound: min_size },
      breach: 'diminished',
      unit: 'bytes',
    });
  const target = { kind: 'aws.ebs.volume', region, key: volume };
  return { ok: true, value: { target, identity: statedPin(identity), vantageKey: 'account', checks } };
}

/** One EBS volume. */
export const ebsVolume = defineKind<AwsTarget>({
  name: 'aws.ebs.volume',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  confirmAfterMs: 3000,
  listing: 'ec2:DescribeVolumes',
  rights: () => [
    { right: 'ec2:DescribeVolumes', on: '*', why: 'to list the volumes, and to ask for one by its id' },
    { right: 'ec2:DescribeRegions', on: '*', why: 'to tell an account without volumes from an answer that says nothing' },
  ],
  heard: { services: ['ec2'], names: ({ key }) => [key] },
  discovers: () => toDiscover('volume', 'ec2:DescribeVolumes'),
  load: async () => (await import('./look.ts')).looker,
});
