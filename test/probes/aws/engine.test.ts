import assert from 'node:assert/strict';
import type { ResourceReport } from '../../../src/core/report.ts';
import { DENIED, Fault, query, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../../support/aws/stub.ts';
import { AWS_KEY, AwsWatcher } from '../../support/aws/watcher.ts';

const GROUPS = 'rds:DescribeDBParameterGroups';
const LIST = 'rds:DescribeDBInstances';
const NOT_FOUND = new Fault('DBInstanceNotFound', 404);
const instance = (name: string, more: object = {}) => ({
  DBInstanceIdentifier: name,
  DbiResourceId: `db-${name}`,
  DBInstanceArn: `arn:aws:rds:eu-west-1:${STUB_ACCOUNT}:db:${name}`,
  DBInstanceStatus: 'available',
  ...more,
});
const listed = (list: readonly object[], Marker?: string) => query('DescribeDBInstances', { DBInstances: { DBInstance: list }, Marker });

describe('one look at AWS', () => {
  let stub: AwsStub;
  beforeEach(async () => {
    stub = await startAwsStub();
    stub.on(
      GROUPS,
      query('DescribeDBParameterGroups', { DBParameterGroups: { DBParameterGroup: [{ DBParameterGroupName: 'default.x' }] } }),
    );
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  const watch = (names: readonly string[], more: object = {}) =>
    new AwsWatcher(
      { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, timeout: '2s', ...AWS_KEY },
      names.map((name) => ({ id: name, kind: 'aws.rds.instance', entry: { name, ...more } })),
    );
  const said = async (watcher: AwsWatcher, path: 'usual' | 'fresh' = 'usual'): Promise<ResourceReport[]> =>
    (await watcher.reports('sweep', path)).filter((report) => report.kind !== 'listing');
  const words = (reports: readonly ResourceReport[]) => reports.map((one) => (one.kind === 'blind' ? `blind ${one.reason}` : one.kind));

  it('costs as many calls as there are pages, whatever is wanted of them', async () => {
    const all = Array.from({ length: 300 }, (_, at) => `db-${at}`);
    stub.on(LIST, ({ params: { Marker = '0' } }) => {
      const from = Number(Marker);
      return listed(
        all.slice(from, from + 100).map((name) => instance(name)),
        from + 100 < all.length ? String(from + 100) : undefined,
      );
    });
    await using watcher = watch(all);
    assert.equal((await said(watcher)).length, 300);
    assert.equal(stub.count(LIST), 3);
  });

  it('reads no further on a fresh path than what it looks for', async () => {
    stub.on(LIST, ({ params: { Marker } }) => (Marker === undefined ? listed([instance('orders')], 'next') : listed([instance('other')])));
    await using watcher = watch(['orders']);
    assert.deepEqual(words(await said(watcher, 'fresh')), ['seen']);
    assert.equal(stub.count(LIST), 1);
    await said(watcher);
    assert.equal(stub.count(LIST), 3);
  });

  it('is whole again where one throttling passes, and says that it was slowed', async () => {
    let times = 0;
    stub.on(LIST, () => (times++ === 0 ? new Fault('Throttling') : listed([instance('orders')])));
    await using watcher = watch(['orders']);
    const [report] = await said(watcher);
    assert.equal(report?.kind, 'seen');
    assert.match(report?.kind === 'seen' ? report.evidence.excerpt : '', /rds:DescribeDBInstances throttled 1 times of late, slowed to/);
  });

  it('takes what a moving listing shows twice for one', async () => {
    stub.on(LIST, ({ params: { Marker } }) =>
      listed([instance('orders', { DBInstanceStatus: Marker ? 'stopped' : 'available' })], Marker ? undefined : 'next'),
    );
    await using watcher = watch(['orders']);
    assert.deepEqual(words(await said(watcher)), ['seen']);
  });

  it('ends where the listing shows what belongs to another account', async () => {
    stub.on(LIST, listed([instance('orders', { DBInstanceArn: 'arn:aws:rds:eu-west-1:999988887777:db:orders' })]));
    await using watcher = watch(['orders']);
    assert.deepEqual(words(await said(watcher)), ['blind wrong-caller']);
  });

  for (const [what, answer, word] of [
    ['a page of HTML', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><title>Welcome</html>' }, 'blind protocol'],
    ['an answer about nothing', { status: 200, headers: { 'content-type': 'text/xml' }, body: '' }, 'blind protocol'],
    ['a broken connection', 'reset', 'blind unreachable'],
    ['a 500', { status: 500, body: 'oops' }, 'blind unreachable'],
  ] as const)
    it(`is blind where what answers is ${what}`, async () => {
      stub.on(LIST, answer);
      stub.on(GROUPS, query('DescribeDBParameterGroups', { DBParameterGroups: {} }));
      await using watcher = watch(['orders']);
      assert.deepEqual(words(await said(watcher)), [word]);
    });

  describe('at what the listing does not show', () => {
    const missing = (direct: Parameters<AwsStub['on']>[1], others: readonly object[] = [instance('other')]) =>
      stub.on(LIST, (call) => {
        if (call.params['DBInstanceIdentifier'] === undefined) return listed(others);
        return typeof direct === 'function' ? direct(call) : direct;
      });

    for (const [what, direct, word] of [
      ['absent by the code of the call by name', NOT_FOUND, 'unseen'],
      ['there where that call finds it', listed([instance('orders')]), 'seen'],
      ['blind where that call is refused', DENIED, 'blind denied'],
      ['blind where that call is throttled', new Fault('Throttling'), 'blind throttled'],
      ['blind where that call fails', { status: 503 }, 'blind unreachable'],
      ['absent where that call shows nothing either', listed([]), 'unseen'],
    ] as const)
      it(`is ${what}`, async () => {
        missing(direct);
        await using watcher = watch(['orders']);
        assert.deepEqual(words(await said(watcher)), [word]);
      });

    it('is absent in an empty account by the second listing and the code, and by neither alone', async () => {
      missing(NOT_FOUND, []);
      await using watcher = watch(['orders']);
      const [report] = await said(watcher);
      assert.ok(report?.kind === 'unseen');
      assert.deepEqual(report.listing.control, {
        by: 'typed-not-found',
        call: 'rds:DescribeDBInstances by name',
        code: 'DBInstanceNotFound',
      });
      missing(listed([]), []);
      assert.deepEqual(words(await said(watcher)), ['blind partial-answer']);
      missing(NOT_FOUND, []);
      stub.on(GROUPS, query('DescribeDBParameterGroups', { DBParameterGroups: {} }));
      assert.deepEqual(words(await said(watcher)), ['blind partial-answer']);
      stub.on(GROUPS, DENIED);
      assert.deepEqual(words(await said(watcher)), ['blind denied']);
    });

    it('says by what name it is there, where it is', async () => {
      missing(NOT_FOUND, [instance('orders-old', { DbiResourceId: 'db-PINNED' })]);
      await using watcher = watch(['orders'], { identity: { dbi_resource_id: 'db-PINNED' } });
      const [report] = await said(watcher);
      assert.match(report?.kind === 'unseen' ? (report.direct?.excerpt ?? '') : '', /what has its identity is there as orders-old/);
    });

    const many = Array.from({ length: 60 }, (_, at) => `gone-${at}`);

    it('asks for some of many by name, and believes the listing for the rest', async () => {
      missing(NOT_FOUND);
      await using watcher = watch(many);
      assert.deepEqual([...new Set(words(await said(watcher)))], ['unseen']);
      assert.equal(stub.count(LIST), 1 + 25);
    });

    it('calls nobody absent by a listing that is behind with one of them', async () => {
      missing(({ params }) => (params['DBInstanceIdentifier'] === 'gone-0' ? listed([instance('gone-0')]) : NOT_FOUND));
      await using watcher = watch(many);
      const counts = Object.groupBy(words(await said(watcher)), (word) => word);
      assert.deepEqual([counts['seen']?.length, counts['unseen']?.length, counts['blind partial-answer']?.length], [1, 24, 35]);
    });
  });
});
