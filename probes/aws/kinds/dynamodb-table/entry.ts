import type { Compiled, Parsed, Right } from '../../../../src/probe.ts';
import { defineKind } from '../../kind.ts';
import { statedPin } from '../../measure.ts';
import { toDiscover } from '../../rights.ts';
import { partitionOf } from '../../s3/origin.ts';
import { checksOf } from './checks.ts';
import { entrySchema, type Entry } from './schema.ts';
import type { TableTarget } from './target.ts';

function compile({ table, region, identity, expect = {} }: Entry): Parsed<Compiled<TableTarget>> {
  const { sentinel, min_backups, newest_backup_within } = expect;
  const pinned = identity?.table_id;
  const target = {
    kind: 'aws.dynamodb.table',
    region,
    key: table,
    backups: min_backups !== undefined || newest_backup_within !== undefined,
    ...(pinned !== undefined && { pinned }),
    ...(sentinel && { sentinel: sentinel.key }),
  };
  const checks = checksOf(`table ${table}`, expect);
  return { ok: true, value: { target, identity: statedPin(identity), vantageKey: 'account', checks } };
}

function rights({ key, region, sentinel, backups }: TableTarget & { readonly region: string }, inspected: boolean): Right[] {
  const on = `arn:${partitionOf(region)}:dynamodb:${region}:*:table/${key}`;
  return [
    { right: 'dynamodb:ListTables', on: '*', why: 'to list the tables' },
    { right: 'dynamodb:DescribeTable', on, why: 'to see which one it is, and its state' },
    { right: 'ec2:DescribeRegions', on: '*', why: 'to tell an account without tables from an answer that says nothing' },
    ...(inspected ? [{ right: 'dynamodb:DescribeContinuousBackups', on, why: 'to see whether it can be restored to any moment' }] : []),
    ...(backups ? [{ right: 'dynamodb:ListBackups', on: '*', why: 'to count its backups' }] : []),
    ...(sentinel ? [{ right: 'dynamodb:GetItem', on, why: 'to read the sentinel item' }] : []),
  ];
}

/** One table of DynamoDB. */
export const dynamodbTable = defineKind<TableTarget>({
  name: 'aws.dynamodb.table',
  entry: entrySchema,
  compile: (entry) => compile(entry as Entry),
  confirmAfterMs: 3000,
  listing: 'dynamodb:ListTables',
  rights,
  heard: { services: ['dynamodb'], names: ({ key }) => [key] },
  discovers: (depth) => toDiscover('table', 'dynamodb:ListTables', ...(depth === 'proposals' ? ['dynamodb:DescribeTable'] : [])),
  load: async () => (await import('./look.ts')).looker,
});
