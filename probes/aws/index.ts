import { defineProbe, type Found, type Kind } from '../../src/probe.ts';
import { disarm } from './disarm.ts';
import { aliasOf } from './alias.ts';
import { grantsFor } from './grants.ts';
import { groupKey } from './group.ts';
import type { AwsTarget } from './kind.ts';
import { importResource } from './imports.ts';
import { awsKinds } from './kinds/index.ts';
import { AwsLink } from './link.ts';
import { patience } from './patience.ts';
import { discoveryRights, listeningRights, rightsFor } from './rights.ts';
import { agentSchema, connectionSchema, queuesOf, type Connection } from './schema.ts';
import { STRENGTHS } from './strengths.ts';

const kinds = new Map<string, Kind<AwsTarget>>(
  [...awsKinds].map(([name, kind]) => [
    name,
    {
      entry: kind.entry,
      compile: (entry) => kind.compile(entry),
      ...(kind.covers
        ? { covers: (target: AwsTarget, found: Found) => kind.covers?.(target, found) === true }
        : // Where the listing speaks for all regions, no region tells one from another.
          { alias: kind.global === true ? ({ key }: AwsTarget) => aliasOf({ key, region: undefined }) : aliasOf }),
      confirmAfterMs: kind.confirmAfterMs,
      ...(kind.holds !== undefined && { holds: kind.holds }),
    },
  ]),
);

/** How many resources behind one listing may be looked into per minute: each is a handful of calls out of a budget that the whole account shares. */
const INSPECTIONS_PER_MINUTE = 60;

/** Databases, volumes, buckets, vaults and keys of an AWS account, or buckets of a store that speaks S3. */
export const aws = defineProbe<Connection, AwsTarget>({
  name: 'aws',
  kinds,
  chained: true,
  connection: connectionSchema,
  strengths: STRENGTHS,
  agent: agentSchema,
  batchKey: (connection, target) => groupKey(connection, target, awsKinds.get(target.kind)),
  inspectionsPerMinute: () => INSPECTIONS_PER_MINUTE,
  patience,
  needs: (wanted, connection) => [...rightsFor(wanted, awsKinds), ...(connection ? listeningRights(connection) : [])],
  prompted: (connection) => {
    const queues = queuesOf(connection).map(({ arn }) => arn);
    return queues.length === 0 ? undefined : `an event that names it in ${queues.join(', ')}`;
  },
  discovers: (connection, depth) => discoveryRights(connection, depth, awsKinds.values()),
  grants: grantsFor,
  disarm,
  setup: {
    title: 'an AWS account',
    questions: [
      { key: 'account', ask: 'Which account?', answer: 'text', example: '111122223333' },
      { key: 'regions', ask: 'Which regions, separated by commas?', answer: 'list', example: 'eu-west-1' },
      {
        key: 'role_arn',
        ask: 'A role to assume, if any',
        answer: 'text',
        example: 'arn:aws:iam::111122223333:role/rollcall',
        optional: true,
      },
    ],
  },
  imports: importResource,
  open: (connection, context) => new AwsLink(connection, context, awsKinds),
});
