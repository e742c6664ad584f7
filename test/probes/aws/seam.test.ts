import type { Snapshot } from '@aws-sdk/client-ec2';
import type { TableDescription } from '@aws-sdk/client-dynamodb';
import assert from 'node:assert/strict';
import * as z from 'zod';
import { defineKind, defineOne, defineSet, type AwsKind, type AwsTarget } from '../../../probes/aws/kind.ts';
import { AwsLink } from '../../../probes/aws/link.ts';
import { exact, flag, pinOf } from '../../../probes/aws/measure.ts';
import { connectionSchema } from '../../../probes/aws/schema.ts';
import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import type { Check, Depth, ResourceReport } from '../../../src/probe.ts';
import { Secret } from '../../../src/values/secret.ts';
import { DENIED, ec2, Fault, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../../support/aws/stub.ts';
import { AWS_KEY } from '../../support/aws/watcher.ts';

// Kinds of the test's own: what the seam offers and no kind of the first hour needs.

const REGIONS = { call: 'ec2:DescribeRegions', count: async () => 1 };

/** Snapshots of one volume, as a set. */
const snapshots = defineKind({
  name: 'aws.test.snapshots',
  entry: z.strictObject({}),
  compile: () => ({ ok: false, issues: [] }),
  confirmAfterMs: 0,
  listing: 'ec2:DescribeSnapshots',
  heard: { services: [], names: () => [] },
  rights: () => [],
  discovers: () => [],
  load: async () =>
    defineSet<Snapshot, AwsTarget>({
      of: 'set',
      async *list({ ask }) {
        let NextToken: string | undefined;
        do {
          const token = NextToken;
          const page = await ask('ec2', 'DescribeSnapshots', (client, options) =>
            client.describeSnapshots({ OwnerIds: ['self'], ...(token !== undefined && { NextToken: token }) }, options),
          );
          yield page.Snapshots ?? [];
          NextToken = page.NextToken;
        } while (NextToken);
      },
      keys: ({ VolumeId }) => (VolumeId === undefined ? [] : [VolumeId]),
      second: REGIONS,
      read: (items, { key }, _, account) => ({
        pin: pinOf({ account }),
        measures: { count: exact(items.length, 'count') },
        say: `${items.length} of ${key}`,
      }),
    }),
});

/** Tables: the listing has names alone, and what protects one is asked in an inspection. */
const tables = defineKind({
  name: 'aws.test.table',
  entry: z.strictObject({}),
  compile: () => ({ ok: false, issues: [] }),
  confirmAfterMs: 0,
  listing: 'dynamodb:ListTables',
  heard: { services: [], names: () => [] },
  rights: () => [],
  discovers: () => [],
  load: async () =>
    defineOne<string, AwsTarget, TableDescription>({
      of: 'one',
      namesOnly: true,
      async *list({ ask }) {
        yield (await ask('dynamodb', 'ListTables', (client, options) => client.listTables({}, options))).TableNames ?? [];
      },
      keys: (name) => [name],
      second: REGIONS,
      directCall: 'dynamodb:DescribeTable',
      notFound: ['ResourceNotFoundException'],
      direct: async ({ ask }, { key }) =>
        (await ask('dynamodb', 'DescribeTable', (client, options) => client.describeTable({ TableName: key }, options))).Table,
      read: ({ TableId, TableStatus = '' }) => ({ pin: pinOf({ table_id: TableId }), measures: {}, say: TableStatus }),
      steps: ({ ask }, { key }) => [
        {
          facets: ['protection/pitr'],
          call: 'dynamodb:DescribeContinuousBackups',
          ask: async () => {
            const { ContinuousBackupsDescription: said } = await ask('dynamodb', 'DescribeContinuousBackups', (client, options) =>
              client.describeContinuousBackups({ TableName: key }, options),
            );
            const on = said?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED';
            return { measures: { pitr: flag(on) }, say: on ? 'on' : 'off' };
          },
        },
        { facets: ['protection/backups'], call: 'dynamodb:ListBackups', ask: () => Promise.reject(new Fault('AccessDeniedException')) },
        { facets: ['protection/unasked'], call: 'nothing', ask: () => assert.fail('nobody asked for it') },
      ],
    }),
});

function open(stub: AwsStub, kind: AwsKind): AwsLink {
  const connection = connectionSchema.parse({ account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY });
  const context = { connection: 'test-aws', clock: createSystemClock(0), secret: async () => new Secret('secret') };
  return new AwsLink(connection, context, new Map([[kind.name, kind]]));
}

const protection = (name: string, depth: Depth = 'inspect'): Check => ({
  facet: `protection/${name}`,
  depth,
  path: name,
  measure: name,
  rule: { is: 'equals', value: 1 },
  breach: 'exposed',
  subject: 'it',
  noun: '',
});

describe('the seam for a kind of AWS resource', () => {
  let stub: AwsStub;
  beforeEach(async () => {
    stub = await startAwsStub();
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  const said = async (kind: AwsKind, keys: readonly string[], checks: readonly Check[] = [], depth: Depth = 'sweep') => {
    const link = open(stub, kind);
    const wanted = keys.map((key) => ({ id: key, kind: kind.name, target: { kind: kind.name, region: undefined, key }, checks }));
    const look = { depth, path: 'usual', signal: new AbortController().signal } as const;
    const reports = (await Array.fromAsync(link.collect(wanted, look))).flat();
    await link.close();
    return reports.filter((report): report is ResourceReport => report.kind !== 'listing');
  };
  const words = (reports: readonly ResourceReport[]) =>
    Object.fromEntries(reports.map((one) => [one.id, one.kind === 'blind' ? `blind ${one.reason}` : one.kind]));

  describe('for sets', () => {
    const page = (volumes: readonly string[], nextToken?: string) =>
      ec2('DescribeSnapshots', { snapshotSet: { item: volumes.map((volumeId) => ({ volumeId })) }, nextToken });

    it('reads each from all pages, at once', async () => {
      stub.on('ec2:DescribeSnapshots', ({ params }) => (params['NextToken'] ? page(['a', 'b', 'x']) : page(['a', 'a'], 'next')));
      const reports = await said(snapshots, ['a', 'b', 'c']);
      assert.deepEqual(words(reports), { a: 'seen', b: 'seen', c: 'unseen' });
      const counts = reports.map((one) => (one.kind === 'seen' ? one.measures['count']?.value : undefined));
      assert.deepEqual(counts, [3, 1, undefined]);
    });

    it('says that it is there where a page is missing, and no more: a part of a set is no set', async () => {
      stub.on('ec2:DescribeSnapshots', ({ params }) =>
        params['NextToken'] ? new Fault('RequestLimitExceeded', 503) : page(['a', 'a'], 'next'),
      );
      const checks: readonly Check[] = [protection('count', 'sweep')];
      const reports = await said(snapshots, ['a', 'b'], checks);
      const of = (wanted: string) =>
        reports.filter(({ id }) => id === wanted).map((one) => (one.kind === 'seen' ? one.looked : one.kind === 'blind' && one.facets));
      assert.deepEqual(of('a'), [['presence', 'identity'], ['protection/count']]);
      assert.deepEqual(of('b'), [['presence', 'identity', 'protection/count']]);
    });

    it('calls an empty one absent by a second listing', async () => {
      stub.on('ec2:DescribeSnapshots', page([]));
      const [report] = await said(snapshots, ['a']);
      assert.deepEqual(report?.kind === 'unseen' ? report.listing.control : undefined, {
        by: 'builtin',
        what: 'ec2:DescribeRegions by the same caller shows 1',
      });
    });
  });

  describe('for what is listed by name alone', () => {
    beforeEach(() => {
      stub.on('dynamodb:ListTables', { body: { TableNames: ['orders', 'ghost', 'closed', 'other'] } });
      stub.on('dynamodb:DescribeTable', ({ params }) => {
        if (params['TableName'] === 'closed') return DENIED;
        if (params['TableName'] !== 'orders') return new Fault('ResourceNotFoundException');
        return { body: { Table: { TableName: 'orders', TableId: 'id-of-orders', TableStatus: 'ACTIVE' } } };
      });
    });

    it('asks for each that is wanted, and for no other', async () => {
      const reports = await said(tables, ['orders', 'closed', 'gone']);
      assert.deepEqual(words(reports), { orders: 'seen', closed: 'blind denied', gone: 'unseen' });
      assert.equal(stub.count('dynamodb:DescribeTable'), 3);
      const orders = reports.find(({ id }) => id === 'orders');
      assert.deepEqual(orders?.kind === 'seen' && orders.pin, { table_id: 'id-of-orders' });
    });

    it('is blind where it is listed and there is no such thing', async () => {
      assert.deepEqual(words(await said(tables, ['ghost'])), { ghost: 'blind partial-answer' });
    });

    it('inspects what is asked, each question for itself', async () => {
      stub.on('dynamodb:DescribeContinuousBackups', {
        body: {
          ContinuousBackupsDescription: {
            ContinuousBackupsStatus: 'ENABLED',
            PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
          },
        },
      });
      const reports = await said(tables, ['orders'], [protection('pitr'), protection('backups')], 'inspect');
      const seen = reports.find(({ kind }) => kind === 'seen');
      const blind = reports.find(({ kind }) => kind === 'blind');
      assert.equal(reports.length, 2);
      assert.deepEqual(seen?.kind === 'seen' && [seen.looked, seen.measures['pitr']?.value], [['protection/pitr'], 1]);
      assert.deepEqual(blind?.kind === 'blind' && blind.facets, ['protection/backups']);
    });
  });
});
