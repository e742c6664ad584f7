import * as z from 'zod';
import type { Check, Compiled, Parsed, Right } from '../../../../src/probe.ts';
import { formatDuration } from '../../../../src/values/duration.ts';
import { duration } from '../../../../src/values/fields.ts';
import { defineKind, type AwsTarget } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { protection } from '../../protection.ts';
import { toDiscover } from '../../rights.ts';
import { partitionOf } from '../../s3/origin.ts';
import { entryAccount, entryMoment, entryRegion, entrySeverity } from '../../schema.ts';

/** How long before imported material expires it is warned of, unless the entry says otherwise. */
const LEAST_LEFT = 7 * 86_400_000;

const entrySchema = z.strictObject({
  key: z
    .string()
    .regex(/^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/, 'must be the id of a key, not an alias or an ARN')
    .describe('Id of the key (KeyId), which is never given twice. An alias can be moved to another key.'),
  region: entryRegion(),
  identity: z
    .strictObject({
      account: entryAccount(),
      created: entryMoment().optional().describe('When it was made (CreationDate).'),
    })
    .optional(),
  expect: z
    .strictObject({
      enabled: z.boolean().optional().describe('True: it must be; false: need not be; unset: must stay so once it was.'),
      rotation: z
        .boolean()
        .optional()
        .describe('True: it must be rotated by KMS each period; false: not asked; unset: must stay so once it was. Inspected.'),
      min_material_left: duration()
        .optional()
        .describe('How long it is until its imported material expires, at least (default 7d; 0d: not asked). Other material never does.'),
      severity: entrySeverity(),
    })
    .optional(),
});

type Entry = z.output<typeof entrySchema>;

function compile({ key, region, identity, expect = {} }: Entry): Parsed<Compiled<AwsTarget>> {
  const subject = `key ${key}`;
  const { severity, min_material_left: left = LEAST_LEFT } = expect;
  const plain = { depth: 'sweep', subject, noun: '' } as const;
  const checks: Check[] = [
    {
      ...plain,
      facet: 'content/state',
      path: 'state',
      measure: 'trouble',
      rule: { is: 'equals', value: '' },
      breach: 'diminished',
      noun: 'as its state',
    },
    ...protection({ name: 'enabled', asked: expect.enabled, subject, sentence: `${subject} is disabled`, severity }),
    ...protection({
      name: 'rotation',
      asked: expect.rotation,
      subject,
      sentence: `${subject} is not rotated`,
      severity,
      depth: 'inspect',
    }),
  ];
  if (left > 0)
    checks.push({
      ...plain,
      facet: 'precursor/material',
      path: 'min_material_left',
      measure: 'material_left',
      breach: 'precursor',
      unit: 'ms',
      sentence: `in less than ${formatDuration(left)} the imported material of ${subject} expires, and what it encrypts cannot be read`,
      rule: { is: 'at_least', bound: left },
      ...(severity && { severity }),
    });
  return {
    ok: true,
    value: { target: { kind: 'aws.kms.key', region, key }, identity: statedPin(identity), vantageKey: 'account', checks },
  };
}

function rights({ key, region }: AwsTarget & { readonly region: string }, inspected: boolean): Right[] {
  const on = `arn:${partitionOf(region)}:kms:${region}:*:key/${key}`;
  return [
    { right: 'kms:ListKeys', on: '*', why: 'to list the keys' },
    { right: 'kms:DescribeKey', on, why: 'to see its state' },
    { right: 'ec2:DescribeRegions', on: '*', why: 'to tell an account without keys from an answer that says nothing' },
    ...(inspected ? [{ right: 'kms:GetKeyRotationStatus', on, why: 'to see whether it is rotated' }] : []),
  ];
}

/** One key of KMS. */
export const kmsKey = defineKind<AwsTarget>({
  name: 'aws.kms.key',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  confirmAfterMs: 3000,
  listing: 'kms:ListKeys',
  rights,
  heard: { services: ['kms'], names: ({ key }) => [key], members: /CustomKeyStore/ },
  discovers: (depth) => toDiscover('key', 'kms:ListKeys', 'kms:ListAliases', ...(depth === 'proposals' ? ['kms:DescribeKey'] : [])),
  load: async () => (await import('./look.ts')).looker,
});
