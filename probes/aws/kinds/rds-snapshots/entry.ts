import * as z from 'zod';
import type { Compiled, Issue, Parsed, Right } from '../../../../src/probe.ts';
import { copyChecks, copyFields } from '../../copies.ts';
import { defineKind } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { rdsName } from '../../rds/name.ts';
import { parameterGroupsRight } from '../../rds/second.ts';
import { toDiscover } from '../../rights.ts';
import { entryAccount, entryRegion } from '../../schema.ts';
import { sharedCheck } from '../../shares.ts';
import { actionOf, keyOf, LISTINGS, originOf, scopeOf, TYPES, type SnapshotsTarget } from './target.ts';

const resourceId = () => z.string().min(1).max(255).optional();

const entrySchema = z.strictObject({
  instance: rdsName('an instance').optional().describe('Of which instance they are (DBInstanceIdentifier); or `cluster`.'),
  cluster: rdsName('a cluster').optional().describe('Of which cluster they are (DBClusterIdentifier); or `instance`.'),
  type: z
    .enum(TYPES)
    .optional()
    .describe('Only those made by hand, made by RDS itself, managed by AWS Backup, or shared by other accounts (default: the first two).'),
  from: entryAccount().describe('Only those that this account shares, in quotes; for the type shared.'),
  region: entryRegion(),
  identity: z
    .strictObject({
      account: entryAccount(),
      dbi_resource_id: resourceId().describe('DbiResourceId of the instance that the newest is of.'),
      cluster_resource_id: resourceId().describe('DbClusterResourceId of the cluster that the newest is of.'),
    })
    .optional(),
  expect: z.strictObject(copyFields).optional(),
});

type Entry = z.output<typeof entrySchema>;

function compile({ instance, cluster, type, from, region, identity, expect = {} }: Entry): Parsed<Compiled<SnapshotsTarget>> {
  const issues = issuesOf({ instance, cluster, type, from, identity, expect });
  if (issues.length > 0) return { ok: false, issues };
  const source = cluster === undefined ? 'instance' : 'cluster';
  const name = (cluster ?? instance ?? '').toLowerCase();
  const origin = originOf(type);
  const { shared_with = [], severity } = expect;
  const sharable = isSharable(type);
  const target: SnapshotsTarget = {
    kind: 'aws.rds.snapshots',
    region,
    key: keyOf(source, name, type, from),
    scope: scopeOf({ source, origin }),
    source,
    origin,
    name,
    sharedWith: sharable && shared_with !== 'anybody' ? shared_with : undefined,
  };
  const which = type === undefined ? 'snapshots' : `${type} snapshots`;
  const subject = `${which} of DB ${source} ${name}${from === undefined ? '' : ` of account ${from}`}`;
  const checks = [...copyChecks(subject, expect), ...(sharable ? sharedCheck(subject, shared_with, severity) : [])];
  return { ok: true, value: { target, identity: statedPin(identity), vantageKey: 'account', checks } };
}

/** What RDS makes itself, and what AWS Backup manages, cannot be shared; what others share is theirs to share. */
function isSharable(type: Entry['type']): boolean {
  return type === undefined || type === 'manual';
}

function issuesOf({ instance, cluster, type, from, identity, expect = {} }: Omit<Entry, 'region'>): Issue[] {
  const wrong: [readonly string[], string | false][] = [
    [['instance'], (instance === undefined) === (cluster === undefined) && 'must be there, or `cluster` instead of it'],
    [['from'], from !== undefined && type !== 'shared' && 'is for the type shared'],
    [
      ['expect', 'shared_with'],
      expect.shared_with !== undefined && !isSharable(type) && 'is for what was made by hand: others cannot be shared',
    ],
    [['identity', 'dbi_resource_id'], cluster !== undefined && identity?.dbi_resource_id !== undefined && 'is for instances'],
    [['identity', 'cluster_resource_id'], instance !== undefined && identity?.cluster_resource_id !== undefined && 'is for clusters'],
  ];
  return wrong.flatMap(([path, message]) => (message === false ? [] : [{ path: [...path], message }]));
}

function rights({ source, sharedWith }: SnapshotsTarget, inspected: boolean): Right[] {
  const action = actionOf(source);
  return [
    { right: action, on: '*', why: 'to list the snapshots' },
    parameterGroupsRight('snapshots'),
    ...(inspected && sharedWith !== undefined
      ? [{ right: action.replace(/s$/, 'Attributes'), on: '*', why: 'to see with whom one is shared' }]
      : []),
  ];
}

/** Snapshots of one instance or cluster of RDS, as a set. */
export const rdsSnapshots = defineKind<SnapshotsTarget>({
  name: 'aws.rds.snapshots',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  holds: 'copies',
  confirmAfterMs: 3000,
  listing: 'rds:DescribeDBSnapshots',
  listings: LISTINGS,
  rights,
  heard: { services: ['rds'], names: ({ name }) => [name], members: /Snapshot/ },
  discovers: () => toDiscover('snapshot', 'rds:DescribeDBSnapshots', 'rds:DescribeDBClusterSnapshots'),
  load: async () => (await import('./look.ts')).looker,
});
