import assert from 'node:assert/strict';
import { aws } from '../../../probes/aws/index.ts';
import { expiryOf, NEVER_MS } from '../../../probes/aws/s3/lifecycle.ts';
import type { Facet } from '../../../src/probe.ts';
import { PROTECTED, stubBuckets, type Mood, type StubBucket } from '../../support/aws/kinds/s3-bucket.ts';
import { DENIED, Fault, startAwsStub, STUB_ACCOUNT, xml, type AwsStub, type StubAnswer } from '../../support/aws/stub.ts';
import { AWS_KEY, AWS_SECRETS, AwsWatcher } from '../../support/aws/watcher.ts';

const KIND = 'aws.s3.bucket';
const NONE = new Fault('NotImplemented', 501);
const DAY_MS = 86_400_000;

describe('a bucket of S3', () => {
  let stub: AwsStub;
  let mood: Mood;
  let there: Map<string, StubBucket>;
  let answers: Record<string, StubAnswer>;
  let hidden: Set<string>;

  beforeEach(async () => {
    stub = await startAwsStub();
    mood = {};
    hidden = new Set();
    answers = { ...PROTECTED };
    there = new Map(['orders', 'other'].map((name) => [name, { created: new Date(Date.UTC(2024, 2, 1)), answers }]));
    stubBuckets(stub, there, mood, hidden);
    stub.on('s3:GET /orders/', ({ params }) => {
      if (!there.has('orders')) return new Fault('NoSuchBucket', 404);
      return Object.entries(answers).find(([question]) => question in params)?.[1] ?? new Fault('NotScripted', 400);
    });
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  const watch = (expect: object = {}, more: object = {}, settings: object = {}) =>
    new AwsWatcher({ account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY, ...settings }, [
      { id: 'orders', kind: KIND, entry: { bucket: 'orders', expect, ...more } },
    ]);
  const outcome = async (watcher: AwsWatcher, facet: Facet, depth: 'sweep' | 'inspect' = 'inspect') =>
    (await watcher.look(depth))['orders']?.outcomes[facet];

  it('is listed where buckets are registered, for the dates of creation that do not move, and asked about where it is', async () => {
    await using watcher = watch({}, { region: 'eu-central-1' });
    await watcher.look();
    await watcher.look('inspect');
    assert.deepEqual([...new Set(stub.calls.filter(({ action }) => action === 'GET /').map(({ region }) => region))], ['us-east-1']);
    const asked = stub.calls.filter(({ action }) => action === 'GET /orders/');
    assert.deepEqual([...new Set(asked.map(({ region }) => region))], ['eu-central-1']);
    for (const { request } of asked) assert.equal(request.headers['x-amz-expected-bucket-owner'], STUB_ACCOUNT);
  });

  const suspended = xml('VersioningConfiguration', { Status: 'Suspended' });
  const lock = (Mode: string, Days: number) =>
    xml('ObjectLockConfiguration', { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode, Days } } });
  const rule = (more: object) => xml('LifecycleConfiguration', { Rule: { ID: 'new', Status: 'Enabled', Filter: {}, ...more } });
  const encrypted = (SSEAlgorithm: string, more: object = {}) =>
    xml('ServerSideEncryptionConfiguration', { Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm }, ...more } });
  const WEAKENED: readonly (readonly [string, string, string, StubAnswer])[] = [
    ['versioning suspended', 'versioning', 'versioning', suspended],
    ['object lock from COMPLIANCE to GOVERNANCE', 'object_lock', 'object-lock', lock('GOVERNANCE', 30)],
    ['object lock taken away', 'object_lock', 'object-lock', new Fault('ObjectLockConfigurationNotFoundError', 404)],
    ['its retention shortened', 'object_lock', 'object-lock', lock('COMPLIANCE', 29)],
    ['a rule that deletes in 7 days', 'lifecycle', 'lifecycle', rule({ Expiration: { Days: 7 } })],
    ['a rule that deletes on a day', 'lifecycle', 'lifecycle', rule({ Expiration: { Date: new Date(Date.UTC(2030, 0, 1)) } })],
    ['a rule that deletes old versions', 'lifecycle', 'lifecycle', rule({ NoncurrentVersionExpiration: { NoncurrentDays: 1 } })],
    ['replication deleted', 'replication', 'replication', new Fault('ReplicationConfigurationNotFoundError', 404)],
    ['replication disabled', 'replication', 'replication', xml('ReplicationConfiguration', { Role: 'r', Rule: { Status: 'Disabled' } })],
    [
      'encryption by a weaker means',
      'encryption',
      'encryption',
      encrypted('AES256', { BlockedEncryptionTypes: { EncryptionType: 'SSE-C' } }),
    ],
    ['foreign keys taken', 'sse_c_blocked', 'encryption', encrypted('aws:kms')],
    [
      'one switch of the public access block',
      'public_access_block',
      'publicAccessBlock',
      xml('PublicAccessBlockConfiguration', { BlockPublicAcls: true }),
    ],
    ['the public access block', 'public_access_block', 'publicAccessBlock', new Fault('NoSuchPublicAccessBlockConfiguration', 404)],
    ['what a store no longer knows of', 'versioning', 'versioning', NONE],
  ];
  for (const [what, facet, question, answer] of WEAKENED)
    it(`is exposed by ${what}, at once and without a word of it in the manifest`, async () => {
      await using watcher = watch();
      assert.equal((await outcome(watcher, `protection/${facet}`))?.is, 'good');
      answers[question] = answer;
      const found = await outcome(watcher, `protection/${facet}`);
      assert.ok(found?.is === 'breach' && found.breaches.every(({ kind }) => kind === 'exposed'), JSON.stringify(found));
    });

  for (const [what, question, answer] of [
    ['a rule that is switched off', 'lifecycle', rule({ Status: 'Disabled', Expiration: { Days: 7 } })],
    ['a rule that only clears what is deleted already', 'lifecycle', rule({ Expiration: { ExpiredObjectDeleteMarker: true } })],
    ['a longer lock', 'object-lock', lock('COMPLIANCE', 31)],
  ] as const)
    it(`is as good as before with ${what}`, async () => {
      await using watcher = watch();
      await watcher.look('inspect');
      answers[question] = answer;
      assert.deepEqual((await watcher.look('inspect'))['orders']?.words, ['good']);
    });

  it('is held to what the manifest says, be it less than it has been', async () => {
    await using watcher = watch({
      versioning: false,
      object_lock: 'governance',
      min_retention: '7d',
      min_expiration: '5d',
      encryption: 'any',
    });
    await watcher.look('inspect');
    Object.assign(answers, {
      versioning: suspended,
      'object-lock': lock('GOVERNANCE', 7),
      lifecycle: rule({ Expiration: { Days: 5 } }),
      encryption: encrypted('AES256', { BlockedEncryptionTypes: { EncryptionType: 'SSE-C' } }),
    });
    assert.deepEqual((await watcher.look('inspect'))['orders']?.words, ['good']);
    answers['object-lock'] = lock('GOVERNANCE', 6);
    const found = await outcome(watcher, 'protection/object_lock');
    assert.match(found?.is === 'breach' ? found.breaches[0].what : '', /can be deleted sooner than 7d/);
  });

  it('is good at first where the manifest asks for nothing and there is nothing', async () => {
    for (const question of Object.keys(answers)) answers[question] = NONE;
    await using watcher = watch();
    assert.deepEqual((await watcher.look('inspect'))['orders']?.words, ['good']);
  });

  it('is exposed at once where the manifest asks for more than there is, as loudly as it says', async () => {
    answers['object-lock'] = new Fault('ObjectLockConfigurationNotFoundError', 404);
    await using watcher = watch({ object_lock: 'compliance', severity: 'critical' });
    const found = await outcome(watcher, 'protection/object_lock');
    assert.deepEqual(found?.is === 'breach' && [found.breaches[0].severity, found.breaches[0].path], ['critical', 'object_lock']);
  });

  it('is blind to what it may not ask, and to nothing else', async () => {
    answers['replication'] = DENIED;
    await using watcher = watch();
    const { outcomes = {} } = (await watcher.look('inspect'))['orders'] ?? {};
    const bad = Object.entries(outcomes).flatMap(([facet, one]) => (one?.is === 'good' ? [] : [[facet, one?.is]]));
    assert.deepEqual(bad, [['protection/replication', 'blind']]);
  });

  it('knows a policy by its digest, whatever its order and blanks', async () => {
    const policy = (text: string): StubAnswer => ({ body: text, headers: { 'content-type': 'application/json' } });
    answers['policy'] = policy('{"Version":"2012-10-17","Statement":[]}');
    await using first = watch({ policy: 'none' });
    const broken = await outcome(first, 'protection/policy');
    const digest = broken?.is === 'breach' ? String(broken.breaches[0].actual) : '';
    assert.match(digest, /^sha256:[0-9a-f]{64}$/);
    answers['policy'] = policy('{ "Statement": [], "Version": "2012-10-17" }');
    await using second = watch({ policy: digest });
    assert.equal((await outcome(second, 'protection/policy'))?.is, 'good');
    answers['policy'] = policy('{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}');
    assert.equal((await outcome(second, 'protection/policy'))?.is, 'breach');
  });

  describe('that is not listed', () => {
    it('and answers to its name: it is there, and which one it is was not seen', async () => {
      await using watcher = watch();
      await watcher.look();
      hidden.add('orders');
      const { outcomes } = (await watcher.look('sweep', 'fresh'))['orders'] ?? {};
      assert.deepEqual([outcomes?.presence?.is, outcomes?.identity?.is], ['good', 'blind']);
    });

    it('and answers to everybody but its owner: another account has taken its name, and it is an impostor', async () => {
      await using watcher = watch();
      await watcher.look();
      there.delete('orders');
      stub.on('s3:GET /orders/', ({ request }) =>
        request.headers['x-amz-expected-bucket-owner'] === undefined ? xml('LocationConstraint', {}) : DENIED,
      );
      const { outcomes } = (await watcher.look('sweep', 'fresh'))['orders'] ?? {};
      const { identity } = outcomes ?? {};
      assert.ok(identity?.is === 'lost' && identity.how === 'impostor');
      assert.match(identity.say, /account is another than 111122223333/);
    });

    it('and refuses everybody: blind, whoever has it', async () => {
      await using watcher = watch();
      await watcher.look();
      there.delete('orders');
      stub.on('s3:GET /orders/', DENIED);
      assert.deepEqual((await watcher.look('sweep', 'fresh'))['orders']?.words, ['blind:denied']);
    });
  });

  it('is blind where the answer is no list, which a client of the SDK reads as an empty one', async () => {
    await using watcher = watch();
    mood.first = { body: '<html><body>Please log in to this network</body></html>', headers: { 'content-type': 'text/html' } };
    assert.deepEqual((await watcher.look())['orders']?.words, ['blind:protocol']);
  });

  it('is blind to where it is, where that is pinned and a store does not tell it', async () => {
    stub.on('s3:GET /', xml('ListAllMyBucketsResult', { Buckets: { Bucket: { Name: 'orders', CreationDate: new Date(0) } } }));
    await using watcher = watch({}, { identity: { region: 'eu-west-1' } });
    assert.equal((await outcome(watcher, 'identity', 'sweep'))?.is, 'blind');
  });

  describe('with canaries', () => {
    const canaries = { 'canary.txt': { etag: 'abc', version_id: 'v1' } };
    const versions = (content: object) => xml('ListVersionsResult', { Name: 'orders', IsTruncated: false, ...content });
    const version = { Key: 'canary.txt', VersionId: 'v1', IsLatest: true, ETag: '"abc"', LastModified: new Date(0), Size: 3 };
    const troubled = async (answer: StubAnswer): Promise<string> => {
      answers['versions'] = answer;
      await using watcher = watch({ canaries });
      const found = await outcome(watcher, 'content/canaries');
      return found?.is === 'breach' ? String(found.breaches[0].actual) : (found?.is ?? '');
    };

    it('is whole while they are', async () => assert.equal(await troubled(versions({ Version: version })), 'good'));
    it('is diminished where one was written anew', async () => {
      assert.match(await troubled(versions({ Version: { ...version, ETag: '"def"' } })), /canary.txt was written anew: its ETag is def/);
      assert.match(await troubled(versions({ Version: { ...version, VersionId: 'v2' } })), /its version is v2/);
    });
    it('is diminished where one is gone, or hidden', async () => {
      assert.match(await troubled(versions({ Version: { ...version, Key: 'canary.txt.bak' } })), /is gone/);
      const DeleteMarker = { Key: 'canary.txt', VersionId: 'm1', IsLatest: true };
      assert.match(await troubled(versions({ Version: { ...version, IsLatest: false }, DeleteMarker })), /hidden by a delete marker/);
    });
    it('is blind where the answer is no list of versions', async () => {
      assert.equal(await troubled({ body: '<html></html>', headers: { 'content-type': 'text/html' } }), 'blind');
    });
  });

  it('of a store without STS is known by its owner, and its list goes where the connection goes', async () => {
    await using watcher = watch({}, {}, { account: undefined, sts: 'off', owner: 'owner-1', path_style: true });
    assert.equal((await watcher.look())['orders']?.words.join(), 'good');
    const pin = (await watcher.reports()).find((report) => report.kind === 'seen');
    assert.deepEqual(pin?.kind === 'seen' && pin.pin, { owner: 'owner-1', created: '2024-03-01T00:00:00.000Z', region: 'eu-west-1' });
    assert.deepEqual([...new Set(stub.calls.map(({ region }) => region))], ['eu-west-1']);
    await using stranger = watch({}, {}, { account: undefined, sts: 'off', owner: 'owner-2' });
    assert.deepEqual((await stranger.look())['orders']?.words, ['blind:wrong-caller']);
  });

  it('whose store tells no date takes canaries for its identity', () => {
    const kind = aws.kinds.get(KIND);
    const compiled = kind?.compile(kind.entry.parse({ bucket: 'orders', dated: false }));
    assert.match(JSON.stringify(compiled), /takes a canary/);
    const stated = kind?.compile(kind.entry.parse({ bucket: 'orders', dated: false, identity: { created: '2024-03-01T00:00:00Z' } }));
    assert.match(JSON.stringify(stated), /is for where dated is not false/);
  });

  it('asks for no right but those that its entry takes, and for reading of nothing but a canary that says so', async () => {
    await using bare = watch({ versioning: false, mfa_delete: false, object_lock: 'any', replication: false, encryption: 'any' });
    const rights = (watcher: AwsWatcher): string[] => {
      const wanted = watcher.resources.map(({ id, kind, target, checks }) => ({ id, kind, target, checks }));
      return aws.needs(wanted).map(({ right, on }) => `${right} ${on}`);
    };
    const few = rights(bare);
    assert.ok(!few.some((right) => /GetBucketVersioning|GetReplication|GetObject/.test(right)), few.join());
    await using more = watch({ canaries: { 'a/b': { readable: true } } });
    const many = rights(more);
    assert.ok(many.includes('s3:GetBucketVersioning arn:aws:s3:::orders') && many.includes('s3:GetObject arn:aws:s3:::orders/a/b'));
    assert.deepEqual(
      many.filter((right) => right.startsWith('s3:GetObject ')),
      ['s3:GetObject arn:aws:s3:::orders/a/b'],
    );
  });

  it('keeps its secrets', async () => {
    answers['versioning'] = new Fault('SignatureDoesNotMatch', 403, `you signed with ${AWS_SECRETS[0]}`);
    await using watcher = watch();
    assert.ok(!JSON.stringify(await watcher.reports('inspect')).includes(AWS_SECRETS[0]));
  });
});

describe('the lifecycle rules of a bucket', () => {
  it('come to the soonest that an enabled one deletes', () => {
    const { current, versions, say } = expiryOf([
      { ID: 'a', Status: 'Enabled', Expiration: { Days: 30 }, Filter: { Prefix: 'logs/' } },
      { ID: 'b', Status: 'Enabled', Expiration: { Days: 7 }, NoncurrentVersionExpiration: { NoncurrentDays: 3 } },
      { ID: 'c', Status: 'Disabled', Expiration: { Days: 1 } },
    ]);
    assert.deepEqual([current, versions], [7 * DAY_MS, 3 * DAY_MS]);
    assert.match(
      say,
      /rule a deletes objects below logs\/ after 30 days; rule b deletes objects after 7 days; rule b deletes old versions/,
    );
    assert.deepEqual(expiryOf([]).current, NEVER_MS);
  });
});
