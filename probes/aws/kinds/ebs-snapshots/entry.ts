import * as z from 'zod';
import type { Check, Compiled, Issue, Parsed, Right } from '../../../../src/probe.ts';
import { duration } from '../../../../src/values/fields.ts';
import { formatDuration } from '../../../../src/values/duration.ts';
import { copyChecks, copyFields } from '../../copies.ts';
import { volumeId } from '../../ebs/ids.ts';
import { defineKind } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { level } from '../../protection.ts';
import { toDiscover } from '../../rights.ts';
import { entryAccount, entryRegion } from '../../schema.ts';
import { sharedCheck } from '../../shares.ts';
import { keyOfTag, keyOfVolume, type EbsSnapshotsTarget } from './target.ts';

const entrySchema = z.strictObject({
  volume: volumeId.optional().describe('Of which volume they are; or `tag`.'),
  tag: z
    .strictObject({ key: z.string().min(1).max(128), value: z.string().max(256) })
    .optional()
    .describe('By which tag they are found: copies name no volume of their own; or `volume`.'),
  region: entryRegion(),
  identity: z.strictObject({ account: entryAccount() }).optional(),
  expect: z
    .strictObject({
      ...copyFields,
      min_locked: z
        .int()
        .min(0)
        .max(1_000_000)
        .optional()
        .describe('How many must be locked, at least; unset: 1 where lock or locked_for is said, else as firmly as once; 0: not asked.'),
      lock: z
        .enum(['governance', 'compliance'])
        .optional()
        .describe('What counts as locked: whoever may can take it off (governance), or nobody can (compliance, its cooling-off over).'),
      locked_for: duration({ min: 60_000 }).optional().describe('For how long it must still hold to count as locked, at least.'),
    })
    .optional(),
});

type Entry = z.output<typeof entrySchema>;

function compile({ volume, tag, region, identity, expect = {} }: Entry): Parsed<Compiled<EbsSnapshotsTarget>> {
  const issues: Issue[] =
    (volume === undefined) === (tag === undefined) ? [{ path: ['volume'], message: 'must be there, or `tag` instead of it' }] : [];
  if (issues.length > 0) return { ok: false, issues };
  const { shared_with = [], severity, lock = 'governance', locked_for = 0 } = expect;
  const target: EbsSnapshotsTarget = {
    kind: 'aws.ebs.snapshots',
    region,
    key: tag ? keyOfTag(tag.key, tag.value) : keyOfVolume(volume ?? ''),
    volume,
    tag,
    sharedWith: shared_with === 'anybody' ? undefined : shared_with,
    lock,
    lockedFor: locked_for,
  };
  const subject = tag ? `snapshots tagged ${tag.key}=${tag.value}` : `snapshots of volume ${volume}`;
  const checks = [...copyChecks(subject, expect), ...sharedCheck(subject, shared_with, severity), ...lockChecks(subject, expect)];
  return { ok: true, value: { target, identity: statedPin(identity), vantageKey: 'account', checks } };
}

/** How many are locked, where the entry asks for it; else that they do not lose what firmness they had. */
function lockChecks(subject: string, { min_locked, lock, locked_for, severity }: NonNullable<Entry['expect']>): Check[] {
  if (min_locked === 0) return [];
  const depth = 'inspect';
  if (min_locked === undefined && lock === undefined && locked_for === undefined)
    return level({
      name: 'lock',
      path: 'min_locked',
      asked: undefined,
      subject,
      noun: 'as the firmness of its locks (2 compliance, 1 governance)',
      severity,
      depth,
    });
  const how = lock === 'compliance' ? 'locked so that nobody can take it off' : 'locked';
  const until = locked_for === undefined ? '' : ` for ${formatDuration(locked_for)} to come`;
  const check: Check = {
    facet: 'protection/lock',
    depth,
    path: 'min_locked',
    measure: 'locked',
    rule: { is: 'at_least', bound: min_locked ?? 1 },
    breach: 'exposed',
    subject,
    noun: `${how}${until}`,
    ...(severity && { severity }),
  };
  return [check];
}

function rights({ sharedWith, volume }: EbsSnapshotsTarget, inspected: boolean): Right[] {
  return [
    { right: 'ec2:DescribeSnapshots', on: '*', why: 'to list the snapshots' },
    { right: 'ec2:DescribeRegions', on: '*', why: 'to tell an account without snapshots from an answer that says nothing' },
    ...(volume === undefined
      ? []
      : [{ right: 'ec2:ListSnapshotsInRecycleBin', on: '*', why: 'to see what of them can still be brought back, and until when' }]),
    ...(inspected ? [{ right: 'ec2:DescribeLockedSnapshots', on: '*', why: 'to see which are locked' }] : []),
    ...(inspected && sharedWith !== undefined
      ? [{ right: 'ec2:DescribeSnapshotAttribute', on: '*', why: 'to see with whom one is shared' }]
      : []),
  ];
}

/** Snapshots of EBS of one volume, or with one tag, as a set. */
export const ebsSnapshots = defineKind<EbsSnapshotsTarget>({
  name: 'aws.ebs.snapshots',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  holds: 'copies',
  confirmAfterMs: 3000,
  listing: 'ec2:DescribeSnapshots',
  rights,
  heard: {
    services: ['ec2', 'rbin'],
    names: ({ volume }) => (volume === undefined ? [] : [volume]),
    members: /Snapshot|^(?:Delete|Update|Unlock)Rule$/,
  },
  discovers: () => toDiscover('snapshot', 'ec2:DescribeSnapshots'),
  load: async () => (await import('./look.ts')).looker,
});
