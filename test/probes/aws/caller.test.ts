import assert from 'node:assert/strict';
import { FakeClock } from '../../support/fake-clock.ts';
import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import { callerIs, DENIED, Fault, query, startAwsStub, STUB_ACCOUNT, xml, type AwsStub } from '../../support/aws/stub.ts';
import { AWS_KEY, AWS_SECRETS, AwsWatcher } from '../../support/aws/watcher.ts';

const ORDERS = [{ id: 'orders', kind: 'aws.rds.instance', entry: { name: 'orders' } }];
const STORE = { sts: 'off', region: 'auto', path_style: true, ...AWS_KEY };
const NONE = query('DescribeDBInstances', { DBInstances: {} });

const watch = (stub: AwsStub, more: object = {}, clock = createSystemClock(0)) =>
  new AwsWatcher({ account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY, ...more }, ORDERS, clock);
/** The first look's first word and what it says. */
async function blindness(watcher: AwsWatcher): Promise<string> {
  const reports = await watcher.reports();
  const report = reports.find(({ kind }) => kind === 'blind');
  assert.ok(report?.kind === 'blind', JSON.stringify(reports));
  return `${report.reason}: ${report.evidence.excerpt}`;
}

describe('the caller of AWS', () => {
  let stub: AwsStub;
  beforeEach(async () => {
    stub = await startAwsStub();
    stub.on('rds:DescribeDBInstances', NONE);
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  it('is asserted before anything else is asked, and where it is another nothing else is', async () => {
    stub.on('sts:GetCallerIdentity', callerIs('999988887777'));
    await using watcher = watch(stub);
    assert.match(await blindness(watcher), /^wrong-caller: sts:GetCallerIdentity says account 999988887777 .*, wanted 111122223333$/);
    assert.equal(stub.count('rds:DescribeDBInstances'), 0);
  });

  it('is believed for a while on the usual path, and asserted anew each time on a fresh one', async () => {
    const clock = new FakeClock();
    await using watcher = watch(stub, {}, clock);
    for (let i = 0; i < 3; i++) await watcher.reports();
    assert.equal(stub.count('sts:GetCallerIdentity'), 1);
    await watcher.reports('sweep', 'fresh');
    assert.equal(stub.count('sts:GetCallerIdentity'), 2);
    await clock.advance(301_000);
    await watcher.reports();
    assert.equal(stub.count('sts:GetCallerIdentity'), 3);
  });

  it('is asserted anew once its credentials have run out', async () => {
    await using watcher = watch(stub);
    stub.on('rds:DescribeDBInstances', new Fault('ExpiredToken', 403));
    assert.match(await blindness(watcher), /^denied/);
    await watcher.reports();
    assert.equal(stub.count('sts:GetCallerIdentity'), 2);
  });

  it('assumes the role that is named, with the external id, and looks with what it was given', async () => {
    const Credentials = {
      AccessKeyId: 'ASIAOFTHEROLE',
      SecretAccessKey: 'k'.repeat(40),
      SessionToken: 't',
      Expiration: new Date(Date.now() + 900_000),
    };
    stub.on('sts:AssumeRole', query('AssumeRole', { Credentials }));
    const role_arn = `arn:aws:iam::${STUB_ACCOUNT}:role/rollcall`;
    await using watcher = watch(stub, { role_arn, external_id: { env: 'EXTERNAL' } });
    await watcher.reports();
    const [assumed, asserted, listed] = stub.calls;
    assert.deepEqual(
      [assumed?.params['RoleArn'], assumed?.params['ExternalId'], assumed?.accessKeyId],
      [role_arn, AWS_SECRETS[2], AWS_KEY.access_key_id],
    );
    assert.deepEqual([asserted?.accessKeyId, listed?.accessKeyId], ['ASIAOFTHEROLE', 'ASIAOFTHEROLE']);
  });

  it('is blind where the role is refused, and repeats no secret that the refusal does', async () => {
    stub.on('sts:AssumeRole', new Fault('AccessDenied', 403, `not authorized with external id ${AWS_SECRETS[2]}`));
    await using watcher = watch(stub, { role_arn: `arn:aws:iam::${STUB_ACCOUNT}:role/rollcall`, external_id: { env: 'EXTERNAL' } });
    assert.equal(await blindness(watcher), 'denied: AccessDenied: not authorized with external id <secret>');
  });

  it('is asked in the region of the entry, whatever the region of the connection', async () => {
    const connection = { account: STUB_ACCOUNT, regions: ['eu-west-1', 'us-east-1'], endpoint: stub.url, ...AWS_KEY };
    const entries = ['eu-west-1', 'us-east-1'].map((region) => ({
      id: region,
      kind: 'aws.rds.instance',
      entry: { name: 'orders', region },
    }));
    await using watcher = new AwsWatcher(connection, entries);
    await watcher.reports();
    const listed = stub.calls.filter(
      ({ action, params }) => action === 'DescribeDBInstances' && params['DBInstanceIdentifier'] === undefined,
    );
    assert.deepEqual(
      listed.map(({ region }) => region),
      ['eu-west-1', 'us-east-1'],
    );
  });

  it('is not called harmless by an audit that does not ask', async () => {
    await using watcher = watch(stub);
    const audited = await Array.fromAsync(watcher.link.audit?.([], [], new AbortController().signal) ?? []);
    assert.deepEqual(
      audited.map(({ kind }) => kind),
      ['unaudited'],
    );
  });

  describe('of a store without STS', () => {
    const store = (more: object) => new AwsWatcher({ ...STORE, endpoint: stub.url, ...more }, ORDERS);

    it('is asserted by the owner of its buckets', async () => {
      stub.on('s3:GET /', xml('ListAllMyBucketsResult', { Owner: { ID: 'somebody-else' }, Buckets: {} }));
      await using other = store({ owner: 'me' });
      assert.match(await blindness(other), /^wrong-caller: .* lists the buckets of somebody-else, wanted me$/);
      stub.on('s3:GET /', xml('ListAllMyBucketsResult', { Owner: { ID: 'me' }, Buckets: {} }));
      await using own = store({ owner: 'me' });
      assert.match(await blindness(own), /has no aws\.rds\.instance$/, 'it was let in, and knows no such kind');
    });

    it('is asserted by a canary', async () => {
      const canary = { bucket: 'vault', key: 'canary', etag: 'abc' };
      stub.on('s3:HEAD /vault/canary', { headers: { etag: '"another"' } });
      await using other = store({ canary });
      assert.match(await blindness(other), /^wrong-caller: the canary vault\/canary at .* has the ETag another, wanted abc$/);
      stub.on('s3:HEAD /vault/canary', DENIED);
      await using closed = store({ canary });
      assert.match(await blindness(closed), /^denied/);
      stub.on('s3:HEAD /vault/canary', { headers: { etag: '"abc"' } });
      await using own = store({ canary });
      assert.match(await blindness(own), /has no aws\.rds\.instance$/);
      assert.equal(stub.count('sts:GetCallerIdentity'), 0);
    });
  });
});
