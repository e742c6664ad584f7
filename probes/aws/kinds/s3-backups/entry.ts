import * as z from 'zod';
import type { Check, Compiled, Parsed, Right } from '../../../../src/probe.ts';
import { formatDuration } from '../../../../src/values/duration.ts';
import { duration, share, size } from '../../../../src/values/fields.ts';
import { defineKind } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { toDiscover } from '../../rights.ts';
import { canaryChecks } from '../../s3/canary.ts';
import { bucketName, canaries } from '../../s3/fields.ts';
import { partitionOf } from '../../s3/origin.ts';
import { keyPattern, patternTrouble } from '../../s3/pattern.ts';
import { entryAccount, entryMoment, entryRegion, entrySeverity } from '../../schema.ts';
import { canaryRights } from '../s3-bucket/rights.ts';
import { COUNT, LOCK, LOCKED_MOST, MARKERS, NEWEST, REACH, SIZE, WRITTEN, type BackupsTarget } from './target.ts';

const entrySchema = z.strictObject({
  bucket: bucketName().describe('The bucket that they are in.'),
  path: z
    .string()
    .min(1)
    .max(1024)
    .describe(
      'A pattern of keys: * ? and [a-z] within a part, ** over parts. What is before the first of them is the prefix that is listed.',
    ),
  region: entryRegion(),
  identity: z
    .strictObject({
      account: entryAccount(),
      bucket_created: entryMoment().optional().describe('When the bucket was made (CreationDate).'),
    })
    .optional(),
  dated: z.boolean().default(true).describe('False: the store tells no date of creation worth the name (default true).'),
  expect: z
    .strictObject({
      newest_within: duration({ min: 1 }).optional().describe('Age of the newest by the time that S3 keeps, at most.'),
      min_count: z.int().min(1).max(1_000_000).optional().describe('Objects that are not empty, at least; 1 unless stated.'),
      min_size: size().optional().describe('Size of the newest, at least; one byte unless stated.'),
      max_shrink: share().optional().describe('By how much the newest may be smaller than the median of up to seven before it.'),
      min_reach: duration({ min: 1 }).optional().describe('Age of the oldest, at least: how far back it goes.'),
      max_written: z
        .strictObject({ count: z.int().min(0).max(1_000_000), within: duration({ min: 1000 }) })
        .optional()
        .describe('How many may have been written within a time, at most: more were written anew (encrypted in place, say).'),
      lock: z
        .strictObject({
          mode: z.enum(['compliance', 'governance']).default('compliance').describe('At least this mode (default compliance).'),
          left: duration({ min: 1000 }).describe('How long the lock of each still holds, at least.'),
          newest: z
            .int()
            .min(1)
            .max(LOCKED_MOST)
            .default(1)
            .describe('How many of the newest a restore takes: each is asked for by GetObjectRetention (default 1).'),
        })
        .optional(),
      max_delete_markers: z
        .int()
        .min(0)
        .max(1_000_000)
        .optional()
        .describe('How many of the set may be hidden by delete markers, at most (ListObjectVersions).'),
      canaries: canaries(),
      severity: entrySeverity(),
    })
    .optional(),
});

type Entry = z.output<typeof entrySchema>;

function compile({ bucket, path, region, identity, dated, expect = {} }: Entry): Parsed<Compiled<BackupsTarget>> {
  const trouble = patternTrouble(path);
  if (trouble !== undefined) return { ok: false, issues: [{ path: ['path'], message: trouble }] };
  if (!dated && identity?.bucket_created !== undefined)
    return { ok: false, issues: [{ path: ['identity', 'bucket_created'], message: 'is for where dated is not false' }] };
  const { max_written, lock, canaries: canary = {} } = expect;
  const checks = [
    ...sweepChecks(`${bucket}/${path}`, expect),
    ...inspectChecks(`${bucket}/${path}`, expect),
    ...canaryChecks(canary, bucket),
  ];
  const scope = `${bucket}/${keyPattern(path).prefix}`;
  const target: BackupsTarget = {
    kind: 'aws.s3.backups',
    region,
    key: scope,
    scope,
    bucket,
    pattern: path,
    dated,
    writtenWithin: max_written?.within ?? 0,
    lock,
    canaries: canary,
    inspected: [...new Set(checks.flatMap(({ depth, facet }) => (depth === 'inspect' ? [facet] : [])))],
  };
  return { ok: true, value: { target, identity: statedPin(identity), vantageKey: 'account', checks } };
}

function sweepChecks(subject: string, expect: NonNullable<Entry['expect']>): Check[] {
  const { newest_within, min_count = 1, min_size = 1, max_shrink, min_reach, max_written } = expect;
  const newest = `the newest of ${subject}`;
  const plain = { depth: 'sweep', breach: 'diminished', subject, noun: '' } as const;
  return [
    { ...plain, facet: COUNT, path: 'min_count', measure: 'count', noun: 'backups', rule: { is: 'at_least', bound: min_count } },
    {
      ...plain,
      facet: SIZE,
      path: 'min_size',
      measure: 'newest_size',
      subject: newest,
      unit: 'bytes',
      rule: { is: 'at_least', bound: min_size },
    },
    ...(newest_within === undefined
      ? []
      : [
          {
            ...plain,
            facet: NEWEST,
            path: 'newest_within',
            measure: 'newest_age',
            breach: 'stale',
            subject: newest,
            unit: 'ms',
            noun: 'of age',
            rule: { is: 'at_most', bound: newest_within },
          } as const,
        ]),
    ...(max_shrink === undefined
      ? []
      : [
          {
            ...plain,
            facet: SIZE,
            path: 'max_shrink',
            measure: 'newest_share',
            subject: newest,
            noun: 'percent of the size of those before it',
            rule: { is: 'at_least', bound: (1 - max_shrink) * 100 },
          } as const,
        ]),
    ...(min_reach === undefined
      ? []
      : [
          {
            ...plain,
            facet: REACH,
            path: 'min_reach',
            measure: 'reach',
            subject: `the oldest of ${subject}`,
            unit: 'ms',
            noun: 'of age',
            rule: { is: 'at_least', bound: min_reach },
          } as const,
        ]),
    ...(max_written === undefined
      ? []
      : [
          {
            ...plain,
            facet: WRITTEN,
            path: 'max_written',
            measure: 'written',
            noun: `objects written within ${formatDuration(max_written.within)}`,
            rule: { is: 'at_most', bound: max_written.count },
          } as const,
        ]),
  ];
}

function inspectChecks(subject: string, { lock, max_delete_markers, severity }: NonNullable<Entry['expect']>): Check[] {
  const plain = { depth: 'inspect', subject, noun: '' } as const;
  const checks: Check[] = [];
  if (lock)
    checks.push({
      ...plain,
      facet: LOCK,
      path: 'lock',
      measure: 'lock_left',
      rule: { is: 'at_least', bound: lock.left },
      breach: 'exposed',
      unit: 'ms',
      sentence: `not each of the newest ${lock.newest} of ${subject} is locked in ${lock.mode} mode for another ${formatDuration(lock.left)}`,
      ...(severity && { severity }),
    });
  if (max_delete_markers !== undefined)
    checks.push({
      ...plain,
      facet: MARKERS,
      path: 'max_delete_markers',
      measure: 'delete_markers',
      rule: { is: 'at_most', bound: max_delete_markers },
      breach: 'diminished',
      noun: 'objects hidden by delete markers, which can be taken away again',
    });
  return checks;
}

function rights({ bucket, region, canaries: canary, inspected }: BackupsTarget & { readonly region: string }): Right[] {
  const on = `arn:${partitionOf(region)}:s3:::${bucket}`;
  return [
    { right: 's3:ListBucket', on, why: 'to list the objects of the set' },
    { right: 's3:ListBucketVersions', on, why: 'to see what is only hidden by delete markers' },
    { right: 's3:GetLifecycleConfiguration', on, why: 'to see until when what is hidden can be brought back' },
    { right: 's3:ListAllMyBuckets', on: '*', why: 'to tell a bucket that is gone, or empty, from an answer that says nothing' },
    { right: 'ec2:DescribeRegions', on: '*', why: 'to tell an account without buckets from an answer that says nothing' },
    ...(inspected.includes(LOCK) ? [{ right: 's3:GetObjectRetention', on: `${on}/*`, why: 'to see how long the newest are locked' }] : []),
    ...canaryRights(on, canary),
  ];
}

/** A set of backups below a prefix: newest, count, size, and whether they can still be destroyed. */
export const s3Backups = defineKind<BackupsTarget>({
  name: 'aws.s3.backups',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  holds: 'copies',
  confirmAfterMs: 2000,
  listing: 's3:ListObjectsV2',
  explored: 's3:ListBuckets',
  covers: ({ bucket, pattern }, { entry, aliases = [] }) => bucket === entry['bucket'] && aliases.some(keyPattern(pattern).matches),
  proposedOnly: true,
  withoutSts: true,
  rights,
  heard: { services: ['s3'], names: ({ bucket }) => [bucket] },
  discovers: () => toDiscover('set of backups', 's3:ListAllMyBuckets', 's3:ListBucket'),
  load: async () => (await import('./look.ts')).looker,
});
