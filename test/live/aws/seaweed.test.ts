import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import type { Facet } from '../../../src/probe.ts';
import { nextSecond } from '../../support/aws/kinds/s3-bucket.ts';
import { SEAWEED_SECRET, startSeaweed, type Seaweed } from '../../support/aws/seaweed.ts';
import { AwsWatcher, breachesOf, type AwsEntry } from '../../support/aws/watcher.ts';

const DAY_MS = 86_400_000;
const LOCKED = 'locked';
const PLAIN = 'plain';
const CLOSED = 'closed';
/** What this store has no call for, or this watcher no right to. */
const UNASKED = { encryption: 'any', sse_c_blocked: false, public_access_block: false };

describe('a second S3 (SeaweedFS), where versions, locks, foreign keys and rights are real', function () {
  this.timeout(300_000);
  let store: Seaweed;
  before(async function () {
    this.timeout(300_000);
    store = await startSeaweed([LOCKED, PLAIN]);
    await store.admin.createBucket({ Bucket: LOCKED, ObjectLockEnabledForBucket: true });
    await store.admin.createBucket({ Bucket: PLAIN });
    await store.admin.createBucket({ Bucket: CLOSED });
    await store.admin.putBucketVersioning({ Bucket: PLAIN, VersioningConfiguration: { Status: 'Enabled' } });
  });
  after(async () => store?.[Symbol.asyncDispose]());

  const watch = (...entries: readonly AwsEntry[]) =>
    new AwsWatcher(store.connection, entries, createSystemClock(0), { SEAWEED: SEAWEED_SECRET });
  const bucket = (name: string, expect: object = {}): AwsEntry => ({
    id: name,
    kind: 'aws.s3.bucket',
    entry: { bucket: name, expect: { ...UNASKED, ...expect } },
  });
  const set = (name: string, path: string, expect: object = {}): AwsEntry => ({
    id: path,
    kind: 'aws.s3.backups',
    entry: { bucket: name, path, expect },
  });
  const put = async (Bucket: string, Key: string, Body: string, more: object = {}): Promise<string> =>
    (await store.admin.putObject({ Bucket, Key, Body, ...more })).ETag ?? '';
  const breached = async (watcher: AwsWatcher, id: string, depth: 'sweep' | 'inspect' = 'sweep'): Promise<string[]> => {
    const looked = (await watcher.look(depth))[id];
    const said = breachesOf(looked);
    return said.length > 0 ? said.map(({ kind, path }) => `${kind} ${path}`) : [...(looked?.words ?? [])];
  };

  it('the watcher may look, and destroy nothing', async () => {
    await put(PLAIN, 'kept.txt', 'kept');
    const credentials = { accessKeyId: 'AKIAWATCHER000000000', secretAccessKey: SEAWEED_SECRET };
    const s3 = new S3({ region: 'us-east-1', endpoint: store.url, credentials, forcePathStyle: true, maxAttempts: 1 });
    for (const harm of [
      () => s3.deleteObject({ Bucket: PLAIN, Key: 'kept.txt' }),
      () => s3.putObject({ Bucket: PLAIN, Key: 'kept.txt', Body: 'lost' }),
      () => s3.deleteBucket({ Bucket: PLAIN }),
      () => s3.putBucketVersioning({ Bucket: PLAIN, VersioningConfiguration: { Status: 'Suspended' } }),
    ])
      await assert.rejects(harm, { Code: 'AccessDenied' });
    s3.destroy();
  });

  it('a bucket is held to its lock, its versions and its rules', async () => {
    const lock = (Mode: 'COMPLIANCE' | 'GOVERNANCE', Days: number) =>
      store.admin.putObjectLockConfiguration({
        Bucket: LOCKED,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode, Days } } },
      });
    await lock('COMPLIANCE', 30);
    await using watcher = watch(bucket(LOCKED), bucket(PLAIN));
    for (const depth of ['sweep', 'inspect'] as const)
      for (const { words } of Object.values(await watcher.look(depth))) assert.deepEqual(words, ['good']);
    await lock('COMPLIANCE', 7);
    assert.deepEqual(await breached(watcher, LOCKED, 'inspect'), ['exposed min_retention']);
    await lock('GOVERNANCE', 30);
    assert.deepEqual(await breached(watcher, LOCKED, 'inspect'), ['exposed object_lock']);
    await store.admin.putBucketVersioning({ Bucket: PLAIN, VersioningConfiguration: { Status: 'Suspended' } });
    await store.admin.putBucketLifecycleConfiguration({
      Bucket: PLAIN,
      LifecycleConfiguration: { Rules: [{ ID: 'ransom', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 7 } }] },
    });
    // Each is a question of its own, and they are answered in any order.
    assert.deepEqual((await breached(watcher, PLAIN, 'inspect')).toSorted(), ['exposed min_expiration', 'exposed versioning']);
    await store.admin.putBucketVersioning({ Bucket: PLAIN, VersioningConfiguration: { Status: 'Enabled' } });
    await store.admin.deleteBucketLifecycle({ Bucket: PLAIN });
  });

  it('a lock is read of each version that a restore takes', async () => {
    const locked = {
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: new Date(Date.now() + 20 * DAY_MS),
      ChecksumAlgorithm: 'SHA256',
    };
    await put(LOCKED, 'base/1.tar', 'one', locked);
    await put(LOCKED, 'base/2.tar', 'two', locked);
    await using watcher = watch(
      set(LOCKED, 'base/*.tar', { lock: { left: '14d', newest: 2 } }),
      set(LOCKED, 'base/1.*', { lock: { left: '21d' } }),
      set(PLAIN, 'kept.*', { lock: { left: '1d' } }),
    );
    const looked = async (id: string) => breached(watcher, id, 'inspect');
    assert.deepEqual(await looked('base/*.tar'), ['good']);
    assert.deepEqual(await looked('base/1.*'), ['exposed lock']);
    assert.deepEqual(await looked('kept.*'), ['exposed lock']);
  });

  it('what is locked and deleted is doomed and not lost: the versions are there, and so is the way back', async () => {
    const id = 'base/*.tar';
    await using watcher = watch(set(LOCKED, id));
    assert.deepEqual(await breached(watcher, id), ['good']);
    for (const Key of ['base/1.tar', 'base/2.tar']) await store.admin.deleteObject({ Bucket: LOCKED, Key });
    const doomed = (await watcher.look('sweep', 'fresh'))[id]?.outcomes.presence;
    assert.ok(doomed?.is === 'lost' && doomed.how === 'doomed', JSON.stringify(doomed));
    assert.match(doomed.say, /2 objects are hidden by delete markers/);
    // As the page says.
    const { DeleteMarkers = [] } = await store.admin.listObjectVersions({ Bucket: LOCKED, Prefix: 'base/' });
    for (const { Key = '', VersionId = '' } of DeleteMarkers) await store.admin.deleteObject({ Bucket: LOCKED, Key, VersionId });
    assert.deepEqual(await breached(watcher, id), ['good']);
  });

  it('what is encrypted in place by somebody else has the same keys and sizes, and does not pass', async () => {
    const names = ['canary.txt', '1.dump', '2.dump', '3.dump'].map((name) => `coded/${name}`);
    for (const name of names) await put(PLAIN, name, `what is in ${name}`);
    const [canary = ''] = names;
    const id = 'coded/*.dump';
    const canaries = { [canary]: { readable: true } };
    await using watcher = watch(set(PLAIN, id, { min_count: 3, max_shrink: '1%', canaries }));
    assert.deepEqual(await breached(watcher, id, 'inspect'), ['good']);
    const key = Buffer.alloc(32, 7);
    const customer = {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: key.toString('base64'),
      SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
    };
    for (const name of names) await put(PLAIN, name, `what is in ${name}`, customer);
    assert.deepEqual(await breached(watcher, id), ['good'], 'count and sizes are what they were');
    const found = (await watcher.look('inspect'))[id]?.outcomes['content/canaries' satisfies Facet];
    assert.match(
      found?.is === 'breach' ? found.breaches[0].what : '',
      /coded\/canary.txt is encrypted with a key that only somebody else has/,
    );
    await using churned = watch(set(PLAIN, id, { max_written: { count: 1, within: '1h' } }));
    assert.deepEqual(await breached(churned, id), ['diminished max_written']);
  });

  it('a thousand objects and one are read to the last', async () => {
    const keys = Array.from({ length: 1001 }, (_, at) => `many/${at}.dump`);
    for (let at = 0; at < keys.length; at += 50) await Promise.all(keys.slice(at, at + 50).map((key) => put(PLAIN, key, 'x')));
    const id = 'many/*.dump';
    await using watcher = watch(set(PLAIN, id, { min_count: 1001 }));
    assert.deepEqual(await breached(watcher, id), ['good']);
    await store.admin.deleteObject({ Bucket: PLAIN, Key: 'many/1000.dump' });
    assert.deepEqual(await breached(watcher, id), ['diminished min_count']);
  });

  it('a bucket that the watcher may not look into is blind', async () => {
    await using watcher = watch(bucket(CLOSED), set(CLOSED, 'a/*'));
    for (const { words } of Object.values(await watcher.look())) assert.deepEqual(words, ['blind:denied']);
  });

  it('a bucket made anew under its name is an impostor, and so is the set in it', async () => {
    await using other = watch(bucket(PLAIN), set(PLAIN, 'kept.*'));
    for (const { words } of Object.values(await other.look())) assert.deepEqual(words, ['good']);
    await store.admin.putBucketVersioning({ Bucket: PLAIN, VersioningConfiguration: { Status: 'Suspended' } });
    await empty(store.admin, PLAIN);
    await store.admin.deleteBucket({ Bucket: PLAIN });
    await nextSecond();
    await store.admin.createBucket({ Bucket: PLAIN });
    await put(PLAIN, 'kept.txt', 'kept');
    for (const { outcomes } of Object.values(await other.look())) assert.equal(outcomes.identity?.is, 'lost');
  });
});

async function empty(s3: S3, Bucket: string): Promise<void> {
  // Deleting one leaves a marker, and that one nothing.
  for (let round = 0; round < 5; round++) {
    const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket });
    await Promise.all([...Versions, ...DeleteMarkers].map(({ Key = '', VersionId = '' }) => s3.deleteObject({ Bucket, Key, VersionId })));
  }
}
